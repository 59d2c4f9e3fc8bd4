import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { timestamp } from '../registry/registry.ts';
import type { Strategy } from '../registry/strategy.ts';
import { ALL_FIXED } from '../registry/subresource-rules.ts';
import { conditionTypeCauses } from './flow-control/condition-types.ts';
import { validateFlowSchema } from './flow-control/flow-schemas.ts';
import { validatePriorityLevel } from './flow-control/priority-levels.ts';
import { limitRangeStrategy } from './limit-ranges.ts';
import { resourceQuotaStrategy } from './resource-quotas.ts';
import { webhookConfigurationStrategy } from './webhook-configurations.ts';

/** Kinds that are stored like all others and that nothing here acts on: whoever writes one is told, instead of trusting in vain. */

const unheeded = (warning: string, more: Strategy = {}): Strategy => ({ ...more, warningsOf: () => [warning] });

const MUTATING_POLICIES = unheeded(
  'this API server evaluates no mutating admission policies: the object is stored and changes nothing',
);
const flowControl = (validate: NonNullable<Strategy['validate']>): Strategy =>
  unheeded('this API server limits requests per user: the object is stored and changes nothing', {
    allowsUnconditionalUpdate: true,
    fixedInStatus: ALL_FIXED,
    validate,
    validateSubresource: conditionTypeCauses,
  });
const NOT_PASSED_ON = 'this API server passes no requests on to others';

const apiServiceStrategy: Strategy = {
  allowsUnconditionalUpdate: false,
  warningsOf: (object) => (isOfAnother(object) ? [`${NOT_PASSED_ON}: what the APIService names is not served`] : []),
  prepareForCreate(object, { nowMs }) {
    if (!isOfAnother(object)) return;
    const condition = { type: 'Available', status: 'False', reason: 'NotPassedOn', message: NOT_PASSED_ON };
    object['status'] = { conditions: [{ ...condition, lastTransitionTime: timestamp(nowMs) }] };
  },
};

function isOfAnother(object: Unstructured): boolean {
  const { service } = { ...(object['spec'] as { service?: object | null } | undefined) };
  return service !== undefined && service !== null;
}

/** By `<plural>` or `<plural>.<group>`. */
export const unheededKinds: Record<string, Strategy> = {
  resourcequotas: resourceQuotaStrategy,
  limitranges: limitRangeStrategy,
  'apiservices.apiregistration.k8s.io': apiServiceStrategy,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhookConfigurationStrategy,
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhookConfigurationStrategy,
  'mutatingadmissionpolicies.admissionregistration.k8s.io': MUTATING_POLICIES,
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': MUTATING_POLICIES,
  'flowschemas.flowcontrol.apiserver.k8s.io': flowControl(validateFlowSchema),
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': flowControl(validatePriorityLevel),
};
