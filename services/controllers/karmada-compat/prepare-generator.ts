import type { CertificateSigningRequest } from '../../../shared/apis/certificates/v1.ts';
import { clusters } from '../../../shared/apis/cluster/v1alpha1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { getIfPresent } from '../../../shared/client/ensure-object.ts';
import type { Clock } from '../../../shared/controller/clock.ts';
import { ensureAgentRights } from '../agent-rights.ts';
import { ensureClusterNamespace, ensureLease } from '../cluster-mailbox.ts';
import { tokenUseOf } from '../csr-approving/token-use.ts';
import { giveGeneratorRights } from './generator-rights.ts';
import { beginJoin, isKarmadaToken, joiningCluster } from './joins.ts';

const IMPERSONATOR_SUFFIX = '-impersonator';

/** Why an agent of that name could read a credential of another cluster, or another's of it: Karmada keeps those of a cluster in Secrets called CLUSTER and CLUSTER-impersonator. */
async function sharedSecret(client: KubeClient, cluster: string, signal: AbortSignal): Promise<string | undefined> {
  if (cluster.endsWith(IMPERSONATOR_SUFFIX))
    return `no cluster may be called ${cluster} that has a karmada-agent: the Secret of the name is of cluster ${cluster.slice(0, -IMPERSONATOR_SUFFIX.length)}`;
  const other = `${cluster}${IMPERSONATOR_SUFFIX}`;
  if (!(await getIfPresent(client, clusters, { name: other }, signal))) return undefined;
  return `no cluster may be called ${cluster} that has a karmada-agent while there is cluster ${other}, whose Secret it could read`;
}

/**
 * A request for the identity rbac-generator, in the mode that serves karmadactl: before anybody has a certificate the hub makes all that the join is
 * about, so that what karmadactl creates is there already. `leaving`: ask again; `refused` with the reason.
 */
export async function prepareGenerator(
  deps: { client: KubeClient; clock: Clock },
  csr: CertificateSigningRequest,
  signal: AbortSignal,
): Promise<'ready' | 'leaving' | { refused: string }> {
  const { client } = deps;
  const { username: token = '' } = csr.spec;
  if (!isKarmadaToken(csr))
    return { refused: 'only tokens made by karmadactl may ask for the identity rbac-generator' };
  const cluster = joiningCluster(csr);
  if (cluster === undefined) return { refused: 'the request is not named agent-rbac-generator-CLUSTER' };
  const shared = await sharedSecret(client, cluster, signal);
  if (shared) return { refused: shared };
  const use = await tokenUseOf({ client, now: deps.clock.now() }, token, { cluster, key: '', uid: '' }, signal);
  if (typeof use === 'string') return { refused: use };
  const claim = await beginJoin(deps, cluster, token, signal);
  if (claim === 'leaving') return 'leaving';
  // It may look whether there is such a cluster, and nothing more: karmadactl says then that the name is taken, where a refusal leaves it waiting.
  if (claim === 'taken') return 'ready';
  await ensureClusterNamespace(client, signal);
  await ensureLease(client, cluster, signal);
  await ensureAgentRights(client, cluster, signal);
  await giveGeneratorRights(client, { cluster, request: csr.metadata.name ?? '' }, signal);
  return 'ready';
}
