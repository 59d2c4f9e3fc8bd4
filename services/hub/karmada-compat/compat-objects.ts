import { customResourceDefinitions } from '../../../shared/apis/apiextensions/v1.ts';
import { clusterRoleBindings, clusterRoles } from '../../../shared/apis/rbac/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { ensureObjects } from '../../install/ensure-objects.ts';
import { GENERATOR_BINDING, GENERATOR_ROLE } from './generator-policy.ts';
import { INTERPRETER_KINDS } from './interpreter-kinds.ts';

/** What karmadactl and karmada-agent expect to find, besides what every hub has. */
export async function ensureCompatObjects(client: KubeClient): Promise<void> {
  await ensureObjects(client, customResourceDefinitions, INTERPRETER_KINDS);
  await ensureObjects(client, clusterRoles, [GENERATOR_ROLE]);
  await ensureObjects(client, clusterRoleBindings, [GENERATOR_BINDING]);
}
