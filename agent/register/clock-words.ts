import type { TransportOptions } from '../../shared/client/transport-options.ts';
import { checkClock } from './doctor/hub-checks.ts';
import { type RegisterDeps, RegisterError } from './register-options.ts';

/** A certificate that is not valid now is nearly always a clock that is wrong: says by how much, as the hub's answers tell the time. */

const OUT_OF_TIME = new Set(['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED']);

/** The same error, with the clocks if they explain it. */
export async function withClockWords(
  error: unknown,
  { newTransport, newClient, clock }: Pick<RegisterDeps, 'newTransport' | 'newClient' | 'clock'>,
  hub: TransportOptions,
  signal: AbortSignal,
): Promise<unknown> {
  if (!(error instanceof Error) || !isOutOfTime(error) || signal.aborted) return error;
  const {
    result,
    found,
    fix = '',
  } = await checkClock({ newTransport, newClient, now: () => clock.now() }, hub, signal);
  if (result !== 'failed' && result !== 'warning') return error;
  return new RegisterError(error.message, { cause: error, fix: `${found[0]?.toUpperCase()}${found.slice(1)}. ${fix}` });
}

function isOutOfTime(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return OUT_OF_TIME.has((error as { code?: string }).code ?? '') || isOutOfTime(error.cause);
}
