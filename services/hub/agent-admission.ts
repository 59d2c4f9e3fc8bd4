import { agentMayWrite } from '../../shared/apis/cluster/agent-may-write.ts';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import type { AdmissionCheck } from '../apiserver/registry/registry.ts';

/** Keeps each agent to its own names, which RBAC can't do for objects that are yet to be created. */
export const checkAgentWrite: AdmissionCheck = (context, object, old) => {
  const { definition, operation, namespace, user } = context;
  const name = object?.metadata.name ?? old?.metadata.name ?? context.name;
  const refusal = agentMayWrite(user, {
    operation,
    group: definition.group,
    resource: definition.plural,
    ...(namespace ? { namespace } : {}),
    ...(name ? { name } : {}),
    ...syncModeOf(object),
    ...involvedObjectOf(object),
  });
  if (refusal) throw newForbidden({ group: definition.group, resource: definition.plural, name }, refusal);
};

function syncModeOf(object: Unstructured | undefined): { syncMode?: string } {
  const spec = object?.['spec'] as { syncMode?: unknown } | undefined;
  return typeof spec?.syncMode === 'string' ? { syncMode: spec.syncMode } : {};
}

/** core/v1 Events say `involvedObject`, events.k8s.io/v1 ones `regarding`. */
function involvedObjectOf(object: Unstructured | undefined): { involvedObject?: { kind?: string; name?: string } } {
  const about = object?.['involvedObject'] ?? object?.['regarding'];
  return typeof about === 'object' && about !== null ? { involvedObject: about } : {};
}
