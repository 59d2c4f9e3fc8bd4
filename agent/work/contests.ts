import { StatusError } from '../../shared/apis/meta/status-error.ts';
import type { Delivery } from './delivery.ts';
import { describe } from './manifest.ts';

/** Who took a field back that a manifest names, and when: three times in ten minutes by the same manager is a fight. */
export interface Contest {
  atMs: number;
  manager: string;
  fields: string[];
}

export const FIGHT_WINDOW_MS = 10 * 60_000;
const FIGHT_ROUNDS = 3;
const NAMED_FIELDS = 5;

/** From the answer to an apply without force. `nowMs` is when the fields are set back. */
export function contestsOf(error: unknown, nowMs: number): Contest[] {
  const causes = error instanceof StatusError ? (error.status.details?.causes ?? []) : [];
  const fields = new Map<string, string[]>();
  for (const { field = '', message = '', reason } of causes) {
    const manager = /conflict with "([^"]*)"/.exec(message)?.[1];
    if (reason !== 'FieldManagerConflict' || manager === undefined) continue;
    fields.set(manager, [...(fields.get(manager) ?? []), field]);
  }
  return [...fields].map(([manager, list]) => ({ atMs: nowMs, manager, fields: list }));
}

/** Another Work has taken the object, which it names in another group of APIs: its marks say so. */
export function contestOf(work: string, nowMs: number): Contest {
  return { atMs: nowMs, manager: `Work ${work}`, fields: ['.metadata.annotations'] };
}

/** Those that still count, with more. */
export function withContests(contests: Contest[], more: Contest[], nowMs: number): Contest[] {
  return [...contests, ...more].filter(({ atMs }) => atMs > nowMs - FIGHT_WINDOW_MS);
}

/** A sentence for each manager that fights for an object's fields; it says nothing that changes from round to round. */
export function fightsOf({ contests, identifier }: Delivery, nowMs: number): string[] {
  return [...roundsOf(contests, nowMs)]
    .filter(([, rounds]) => rounds.length >= FIGHT_ROUNDS)
    .map(
      ([manager, rounds]) =>
        `${describe(identifier)}: "${manager}" keeps taking back ${fieldWords(rounds)} from this Work`,
    );
}

/** When the next fight of this object is over unless it goes on, in milliseconds from now. */
export function fightEndsInMs({ contests }: Delivery, nowMs: number): number | undefined {
  const ends = [...roundsOf(contests, nowMs).values()].flatMap((rounds) => {
    const counting = rounds.at(-FIGHT_ROUNDS);
    return counting ? [counting.atMs + FIGHT_WINDOW_MS + 1 - nowMs] : [];
  });
  return ends.length > 0 ? Math.min(...ends) : undefined;
}

function roundsOf(contests: Contest[], nowMs: number): Map<string, Contest[]> {
  const rounds = new Map<string, Contest[]>();
  for (const contest of withContests(contests, [], nowMs)) {
    rounds.set(contest.manager, [...(rounds.get(contest.manager) ?? []), contest]);
  }
  return rounds;
}

function fieldWords(rounds: Contest[]): string {
  const fields = [...new Set(rounds.flatMap((round) => round.fields))].sort();
  const more = fields.length - NAMED_FIELDS;
  return `${fields.slice(0, NAMED_FIELDS).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
