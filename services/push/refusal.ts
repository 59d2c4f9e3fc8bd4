import type { ReadyWords } from '../../agent/cluster/ready-condition.ts';
import { CLUSTER_REASONS } from '../../shared/apis/cluster/v1alpha1.ts';
import { StatusError } from '../../shared/apis/meta/status-error.ts';
import { KubeconfigError } from '../../shared/client/kubeconfig-file.ts';
import { type KubeconfigUser, refusalText } from '../../shared/client/kubeconfig-user.ts';
import { ProxyError } from '../../shared/client/proxy.ts';
import { isUntrustedCertificate } from '../../shared/client/transport-failure.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import type { MemberAccess } from './member-access.ts';

/** Tells a member that is there but does not go together with its Secret from one that can't be reached. */
export function newRefusalReader(
  access: MemberAccess,
  clock: Pick<Clock, 'now'>,
): (error: unknown) => ReadyWords | undefined {
  return (error) => {
    if (error instanceof ProxyError) return behindProxy(error);
    if (error instanceof KubeconfigError) return { reason: CLUSTER_REASONS.collectionFailed, message: error.message };
    const { cluster, secret, credentials } = access;
    const why = wrongSecret(error, credentials.user, clock.now());
    return why === undefined
      ? undefined
      : {
          reason: CLUSTER_REASONS.collectionFailed,
          message: `${why}: check Secret ${secret}, or replace it: pullet rotate-credentials ${cluster}`,
        };
  };
}

/** Who reads the Cluster can't know that there is a proxy, nor look into the hub's log. */
function behindProxy({ message }: ProxyError): ReadyWords {
  const { reason, message: words } = CLUSTER_REASONS.notReachable;
  return { reason, message: `${words}: ${message}` };
}

function wrongSecret(error: unknown, user: KubeconfigUser | undefined, nowMs: number): string | undefined {
  if (isUntrustedCertificate(error)) return error.message;
  if (!(error instanceof StatusError)) return undefined;
  if (user && [401, 403].includes(error.code)) return `the cluster refuses ${refusalText(error, user, nowMs)}`;
  if (error.code === 401) return 'the cluster does not accept the token';
  return error.code === 403 ? 'the cluster does not let the token in' : undefined;
}
