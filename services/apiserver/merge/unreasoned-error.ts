import { StatusError } from '../../../shared/apis/meta/status-error.ts';

/** What upstream answers for an error that it gave no reason: 500 with the bare message. */
export function newUnreasonedError(message: string): StatusError {
  return new StatusError({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 });
}
