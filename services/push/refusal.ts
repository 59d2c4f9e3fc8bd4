import type { ReadyWords } from '../../agent/cluster/ready-condition.ts';
import { CLUSTER_REASONS } from '../../shared/apis/cluster/v1alpha1.ts';
import { StatusError } from '../../shared/apis/meta/status-error.ts';
import { isUntrustedCertificate } from '../../shared/client/transport-failure.ts';
import type { MemberAccess } from './member-access.ts';

/** Tells a member that is there but does not go together with its Secret from one that can't be reached. */
export function newRefusalReader({ secret }: MemberAccess): (error: unknown) => ReadyWords | undefined {
  return (error) => {
    const why = wrongSecret(error);
    return why === undefined
      ? undefined
      : { reason: CLUSTER_REASONS.collectionFailed, message: `${why}: check Secret ${secret}` };
  };
}

function wrongSecret(error: unknown): string | undefined {
  if (isUntrustedCertificate(error)) return error.message;
  if (!(error instanceof StatusError)) return undefined;
  if (error.code === 401) return 'the cluster does not accept the token';
  return error.code === 403 ? 'the cluster does not let the token in' : undefined;
}
