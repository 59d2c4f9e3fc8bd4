import { isStatusError } from '../shared/apis/meta/status-error.ts';
import { wordsOf } from '../shared/process/program.ts';

/** An error as the sentence a user reads: what went wrong, and for API errors who said so, as kubectl words it. Never a stack. */
export function errorText(error: unknown): string {
  if (isStatusError(error)) return `Error from server (${error.reason || error.code}): ${error.message}`;
  return `error: ${wordsOf(error)}`;
}

/** 2 for a wrong command line, 130 after an interrupt, else 1. */
export function exitCodeOf(error: unknown, interrupted: boolean): number {
  if (interrupted) return 130;
  return error instanceof Error && error.name === 'UsageError' ? 2 : 1;
}
