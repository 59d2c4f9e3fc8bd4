import { printableLine } from '../../../shared/process/printable.ts';

/** One thing that was looked at: what was found and, unless it is well, what to do. */
export interface Check {
  name: string;
  /** `skipped`: what it builds on has failed, or nothing was given to look at. */
  result: 'ok' | 'warning' | 'failed' | 'skipped';
  /** Where, and what was found there. Never a secret. */
  found: string;
  fix?: string;
}

export const ok = (name: string, found: string): Check => ({ name, result: 'ok', found });
export const failed = (name: string, found: string, fix: string): Check => ({ name, result: 'failed', found, fix });
export const warning = (name: string, found: string, fix: string): Check => ({ name, result: 'warning', found, fix });
export const skipped = (name: string, why: string): Check => ({ name, result: 'skipped', found: why });

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const MARKS = { ok: 'ok', warning: 'warn', failed: 'FAIL', skipped: 'skip' } as const;

/** The list as people read it: one line a check, the way out below those that are not well. */
export function formatChecks(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .map(({ name, result, found, fix }) => {
      const line = `${MARKS[result].padEnd(4)}  ${name.padEnd(width)}  ${printableLine(found)}`;
      return fix === undefined ? `${line}\n` : `${line}\n${' '.repeat(width + 8)}→ ${printableLine(fix)}\n`;
    })
    .join('');
}
