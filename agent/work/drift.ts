import { FIGHT_WINDOW_MS } from './contests.ts';
import type { Delivery } from './delivery.ts';
import type { Manifest } from './manifest.ts';
import { isBehind, type Observed, type Sight } from './observed.ts';

/** Whether a manifest has to be applied now: because it is new or changed, or because the object in the member isn't what it made of it. */

export type ApplyDecision = { apply: 'no' } | { apply: 'new' | 'drift' } | { apply: 'later'; inMs: number };

const FREE_CORRECTIONS = 3;
const MAX_DELAY_MS = 60_000;

export function decideApply(
  previous: Delivery | undefined,
  manifest: Manifest,
  seen: Sight,
  nowMs: number,
): ApplyDecision {
  if (!previous?.applied || previous.hash !== manifest.hash || previous.failure) return { apply: 'new' };
  if (!previous.isGone && !hasDrifted(previous.applied, seen)) return { apply: 'no' };
  const inMs = correctionDelayMs(previous.corrections, nowMs);
  return inMs > 0 ? { apply: 'later', inMs } : { apply: 'drift' };
}

/** Whether the object is another by now, or gone. */
export function hasDrifted(applied: Observed, seen: Sight): boolean {
  return !isBehind(seen, applied) && seen.object?.digest !== applied.digest;
}

/** The first corrections are made at once; somebody who keeps changing things back is answered ever more slowly. */
function correctionDelayMs(corrections: number[], nowMs: number): number {
  const recent = corrections.filter((at) => at > nowMs - FIGHT_WINDOW_MS);
  const last = recent.at(-1);
  if (last === undefined || recent.length < FREE_CORRECTIONS) return 0;
  return Math.max(0, last + Math.min(MAX_DELAY_MS, 1000 * 2 ** (recent.length - FREE_CORRECTIONS)) - nowMs);
}

/** The corrections that still count, with one more. */
export function withCorrection(corrections: number[], nowMs: number): number[] {
  return [...corrections.filter((at) => at > nowMs - FIGHT_WINDOW_MS), nowMs];
}
