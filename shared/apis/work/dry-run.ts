import { DRY_RUN_ANNOTATION, DRY_RUN_EXPIRES_ANNOTATION, EXECUTION_FINALIZER, type Work } from './v1alpha1.ts';

/** Works that ask what they would change and are never delivered. */

/** One that has been delivered is none: its objects must not be lost sight of. */
export function isDryRun({ metadata, spec }: Work): boolean {
  const wasDelivered = metadata.finalizers?.includes(EXECUTION_FINALIZER) ?? false;
  return spec.suspendDispatching === true && metadata.annotations?.[DRY_RUN_ANNOTATION] === 'true' && !wasDelivered;
}

/** How long somebody may still wait for the answer, in milliseconds; undefined where the Work doesn't say, and then it is not ours to take away. */
export function dryRunLeftMs({ metadata }: Work, nowMs: number): number | undefined {
  const endMs = Date.parse(metadata.annotations?.[DRY_RUN_EXPIRES_ANNOTATION] ?? '');
  return Number.isNaN(endMs) ? undefined : Math.max(0, endMs - nowMs);
}
