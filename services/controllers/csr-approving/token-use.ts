import {
  BOOTSTRAP_TOKEN_NAMESPACE,
  BOOTSTRAP_TOKEN_SECRET_PREFIX,
  BOOTSTRAP_TOKEN_USER_PREFIX,
  TOKEN_USED_AT_ANNOTATION,
  TOKEN_USED_BY_ANNOTATION,
  TOKEN_USED_KEY_ANNOTATION,
} from '../../../shared/apis/bootstrap/token.ts';
import { clusters } from '../../../shared/apis/cluster/v1alpha1.ts';
import { type Secret, secrets } from '../../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { getIfPresent } from '../../../shared/client/ensure-object.ts';
import { rfc3339 } from '../../../shared/controller/conditions.ts';
import {
  type BootstrapTokenRecord,
  isExpired,
  readBootstrapTokenSecret,
  type TokenLimits,
} from '../../../shared/pki/bootstrap-token.ts';
import type { Claimant } from './claim.ts';

/** What the token with which a request came is good for, and the note on it that it was used. */

export interface TokenUse {
  limits: TokenLimits;
  /** Notes the cluster on the token, before anything is given to it. Throws Conflict if the token has just changed. */
  note(signal: AbortSignal): Promise<void>;
  /** Takes the note back: the request came to nothing. */
  forget(signal: AbortSignal): Promise<void>;
}

/** Who asks may be somebody without a token, whom an administrator has given the right: such have no limits. */
const UNLIMITED: TokenUse = { limits: {}, note: async () => {}, forget: async () => {} };

/** A text is why the token is not good for this claimant. */
export async function tokenUseOf(
  deps: { client: KubeClient; now: number },
  username: string,
  claimant: Claimant,
  signal: AbortSignal,
): Promise<TokenUse | string> {
  if (!username.startsWith(BOOTSTRAP_TOKEN_USER_PREFIX)) return UNLIMITED;
  const id = username.slice(BOOTSTRAP_TOKEN_USER_PREFIX.length);
  const key = { namespace: BOOTSTRAP_TOKEN_NAMESPACE, name: `${BOOTSTRAP_TOKEN_SECRET_PREFIX}${id}` };
  const secret = await getIfPresent(deps.client, secrets, key, signal);
  const record = secret && readBootstrapTokenSecret(secret);
  // Its limits went with it: nobody can say whether this request was within them.
  if (!record || isExpired(record, deps.now)) return `the token ${id} has ended; ask again with a new one`;
  return refusal(record, claimant) ?? newTokenUse(deps, secret, record, claimant);
}

function refusal({ token, limits = {}, usedBy = [], usedKey }: BootstrapTokenRecord, claimant: Claimant) {
  const { cluster, key } = claimant;
  if (limits.clusterName !== undefined && limits.clusterName !== cluster) {
    return (
      `the token ${token.id} is for the cluster name ${limits.clusterName} alone: register with --cluster-name ${limits.clusterName}, or ` +
      `have a token made for this one: pullet token create --cluster-name ${cluster} --print-register-command`
    );
  }
  const isUsedUp = limits.isSingleUse && usedBy.length > 0 && (!usedBy.includes(cluster) || usedKey !== key);
  if (!isUsedUp) return undefined;
  return `the token ${token.id} was for one use and has been used by ${usedBy.join(', ')}: have a new one made`;
}

/** Older names make room: this is for people, not an account of everything. */
const MAX_NAMES = 50;

function newTokenUse(
  { client, now }: { client: KubeClient; now: number },
  { metadata }: Secret,
  { limits = {}, usedBy = [], usedKey }: BootstrapTokenRecord,
  { cluster, key }: Claimant,
): TokenUse {
  const { name = '', namespace = '', resourceVersion, uid } = metadata;
  const write = async (annotations: Record<string, string | null>, precondition: object, signal: AbortSignal) => {
    const patch = { metadata: { ...precondition, annotations } };
    await client.patch(secrets, { name, namespace }, { type: 'merge', patch }, { signal });
  };
  const isNoted = usedBy.at(-1) === cluster && (!limits.isSingleUse || usedKey === key);
  return {
    limits,
    note: async (signal) => {
      if (isNoted) return;
      const names = [...usedBy.filter((other) => other !== cluster), cluster].slice(-MAX_NAMES);
      const usedWith = limits.isSingleUse ? await noteOfOneUse({ client, now }, { cluster, key }, signal) : {};
      await write({ [TOKEN_USED_BY_ANNOTATION]: names.join(','), ...usedWith }, { resourceVersion }, signal);
    },
    forget: async (signal) => {
      if (isNoted) return;
      const before = {
        [TOKEN_USED_BY_ANNOTATION]: usedBy.join(',') || null,
        [TOKEN_USED_KEY_ANNOTATION]: usedKey ?? null,
        [TOKEN_USED_AT_ANNOTATION]: null,
      };
      await write(before, { uid }, signal);
    },
  };
}

/** With which key the token was used, and when if its cluster is registered already: then that does not tell when the joiner is done. */
async function noteOfOneUse(
  { client, now }: { client: KubeClient; now: number },
  { cluster, key }: Pick<Claimant, 'cluster' | 'key'>,
  signal: AbortSignal,
): Promise<Record<string, string | null>> {
  const isRegistered = (await getIfPresent(client, clusters, { name: cluster }, signal)) !== undefined;
  return { [TOKEN_USED_KEY_ANNOTATION]: key, [TOKEN_USED_AT_ANNOTATION]: isRegistered ? rfc3339(now) : null };
}
