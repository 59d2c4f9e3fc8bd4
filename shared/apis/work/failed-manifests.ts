import { CONDITION_APPLIED, CONDITION_AVAILABLE, WORK_REASONS, type Work } from './v1alpha1.ts';

/**
 * Which manifests of a Work are not applied, and why. `manifestStatuses` has no place for it (the wire contract, section 6.1), so that the conditions tell it: `Available` which and
 * why in a word, `Applied` in the member's words. What one side writes and the other reads of that is here.
 */

export interface FailedManifest {
  ordinal: number;
  /** One word. */
  reason: string;
}

export interface FailedManifests {
  failed: (FailedManifest & { message?: string })[];
  /** False: there may be more than the conditions have room for. */
  areAll: boolean;
}

/** `#1 Deployment shop/web (Forbidden)`: as the message of `Available` has it, after a comma if it is not the first. */
export function failedManifestWords({ ordinal, reason }: FailedManifest, object: string): string {
  return `#${ordinal} ${object} (${reason})`;
}

/** How the message of a manifest begins that can't be told apart by what it names. */
export function manifestSubject(ordinal: number): string {
  return `manifest #${ordinal}: `;
}

/** Of a Work whose agent tells of nothing but `Applied`, as Karmada's does: what is certain where there is but one manifest. */
export function failedManifestsOf(work: Work): FailedManifests {
  const conditions = new Map(work.status?.conditions?.map((condition) => [condition.type, condition]));
  const [applied, available] = [conditions.get(CONDITION_APPLIED), conditions.get(CONDITION_AVAILABLE)];
  if (applied?.status !== 'False') return { failed: [], areAll: true };
  const { message = '' } = available?.reason === WORK_REASONS.notApplied.reason ? available : {};
  const listed = [...message.matchAll(/#(\d+) .*? \((\w+)\)(?=, |…|$)/g)];
  const failed = listed.map(([, ordinal, reason = '']): FailedManifest => ({ ordinal: Number(ordinal), reason }));
  const areAll = failed.length > 0 && !message.endsWith('…');
  if (failed.length > 0) return { failed: withMessages(work, failed, applied.message ?? ''), areAll };
  if (work.spec.workload?.manifests?.length !== 1) return { failed, areAll };
  return {
    failed: withMessages(work, [{ ordinal: 0, reason: applied.reason ?? '' }], applied.message ?? ''),
    areAll: true,
  };
}

const PREFIX = /^[^:]*\(\d+\/\d+\): /;

/** The failures stand in the order of the manifests, and each begins with what it is about. */
function withMessages(work: Work, failed: FailedManifest[], message: string): FailedManifests['failed'] {
  const list = message.replace(PREFIX, '');
  const [only] = failed;
  if (only && failed.length === 1) return [{ ...only, message: list }];
  const text = list.replace(/^\[/, '').replace(/\]$/, '');
  let from = 0;
  const starts = failed.map(({ ordinal }) => {
    const start = startOf(text, subjectsOf(work, ordinal), from);
    if (start !== undefined) from = start + 1;
    return start;
  });
  return failed.map((one, index) => {
    const start = starts[index];
    if (start === undefined) return one;
    const next = starts.slice(index + 1).find((other) => other !== undefined);
    return { ...one, message: text.slice(start, next === undefined ? undefined : next - SEPARATOR.length) };
  });
}

const SEPARATOR = ', ';

/** Where a failure begins that is about one of these. */
function startOf(text: string, subjects: string[], from: number): number | undefined {
  const starts = subjects.flatMap((subject) => {
    if (from === 0 && text.startsWith(subject)) return [0];
    const at = text.indexOf(`${SEPARATOR}${subject}`, Math.max(0, from - 1));
    return at < 0 ? [] : [at + SEPARATOR.length];
  });
  return starts.length > 0 ? Math.min(...starts) : undefined;
}

function subjectsOf({ spec }: Work, ordinal: number): string[] {
  const { kind = '', metadata: { namespace = '', name = '' } = {} } = spec.workload?.manifests?.[ordinal] ?? {};
  return [
    manifestSubject(ordinal),
    `${kind} ${namespace ? `${namespace}/` : ''}${name}: `,
    `resource(kind=${kind}, ${namespace}/${name}) `,
  ];
}
