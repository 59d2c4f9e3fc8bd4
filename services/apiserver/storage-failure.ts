import { newInternalError, newServiceUnavailable, type StatusError } from '../../shared/apis/meta/status-error.ts';
import { DamagedValueError, StorageFullError, StorageWriteError } from '../storage/storage-errors.ts';

/**
 * What a failure of the store is to a client. A disk that is full or fails is no fault of the request: 503, while reads go on; writes do again when they can.
 * What is damaged is told and never served: 500. Undefined for any other error.
 */
export function statusOfStorageFailure(error: unknown): StatusError | undefined {
  if (error instanceof StorageFullError || error instanceof StorageWriteError)
    return newServiceUnavailable(error.message);
  return error instanceof DamagedValueError ? newInternalError(error.message, { cause: error }) : undefined;
}
