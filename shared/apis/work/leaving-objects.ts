import { CONDITION_PROGRESSING, WORK_REASONS, type Work } from './v1alpha1.ts';

/** Objects on their way out of the member, as a Work's condition `Progressing` lists them: what one side writes and the other reads of that is here. */

/** `Deployment shop/web (held by finalizer x)`: after a comma if it is not the first. */
export function leavingWords(object: string, why: string): string {
  return `${object} (${why})`;
}

/**
 * What has become of an object of a Work that is being deleted; `object` as messages name it. Undefined: nothing of that is known, of a Work whose agent has not said yet what it waits for,
 * or has no room to say all of it.
 */
export function leavingState({ metadata, status }: Work, object: string): 'deleting' | 'gone' | undefined {
  const told = status?.conditions?.find(
    ({ type, reason }) => type === CONDITION_PROGRESSING && reason === WORK_REASONS.deleting.reason,
  );
  if (!told || told.observedGeneration !== metadata.generation) return undefined;
  const { message = '' } = told;
  if ([': ', ', '].some((before) => message.includes(`${before}${object} (`))) return 'deleting';
  return message.endsWith('…') ? undefined : 'gone';
}
