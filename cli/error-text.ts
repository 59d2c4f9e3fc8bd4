import { isStatusError } from '../shared/apis/meta/status-error.ts';
import { ProxyError } from '../shared/client/proxy.ts';
import { wordsOf } from '../shared/process/program.ts';

/** An error as the sentence a user reads: what went wrong, and for API errors who said so, as kubectl words it. Never a stack. */
export function errorText(error: unknown): string {
  if (isStatusError(error)) return `Error from server (${error.reason || error.code}): ${error.message}`;
  const words = wordsOf(error);
  const fix = fixOf(error);
  return words.includes(fix) ? `error: ${words}` : `error: ${words}\n${fix}`;
}

/** Of a proxy in the way, wherever in the chain of causes; other errors bring theirs along in their text. */
function fixOf(error: unknown): string {
  if (error instanceof ProxyError) return error.fix;
  return error instanceof Error && error.cause !== undefined ? fixOf(error.cause) : '';
}

/** 2 for a wrong command line, 130 after an interrupt, else 1. */
export function exitCodeOf(error: unknown, interrupted: boolean): number {
  if (interrupted) return 130;
  return error instanceof Error && error.name === 'UsageError' ? 2 : 1;
}
