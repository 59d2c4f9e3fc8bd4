import { deployments } from '../apis/apps/v1.ts';
import { leases } from '../apis/coordination/v1.ts';
import { configMaps, secrets, serviceAccounts } from '../apis/core/v1.ts';
import type { KubeObject } from '../apis/meta/v1.ts';
import type { ResourceType } from '../apis/resource-type.ts';
import type { KubeClient } from './client.ts';

const KINDS: readonly ResourceType[] = [serviceAccounts, secrets, configMaps, leases, deployments];
/** Kubernetes puts them into every namespace. */
const EVERYWHERE = ['default', 'kube-root-ca.crt'];
const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name';

/**
 * Whether a namespace in which a member keeps a hub's credentials has something in it besides: another hub's credentials, or, where the member is a hub itself, the
 * heartbeats and keys of its clusters. All of it would go with the namespace.
 */
export async function holdsOthers(
  client: KubeClient,
  namespace: string,
  isKnown: (object: KubeObject) => boolean,
  signal: AbortSignal,
): Promise<boolean> {
  for (const type of KINDS) {
    const { items } = await client.list(type, { namespace, signal });
    if (items.some((object) => !isOfDefaultAccount(object) && !isKnown(object))) return true;
  }
  return false;
}

/** Kubernetes before 1.24 made a Secret for every account. */
function isOfDefaultAccount({ metadata: { name = '', annotations = {} } }: KubeObject): boolean {
  return EVERYWHERE.includes(name) || annotations[ACCOUNT_ANNOTATION] === 'default';
}
