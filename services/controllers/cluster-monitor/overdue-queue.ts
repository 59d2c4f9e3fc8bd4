import type { Clock } from '../../../shared/controller/clock.ts';

/**
 * Answers "who is overdue next" for any number of members with one timer. A sign of life puts a member at the end of the line of its
 * grace period; within one line the order of insertion is the order of falling due, so each sign costs a constant.
 */
export interface OverdueQueue {
  /** A sign of life, seen now. */
  touch(member: string, graceMs: number): void;
  forget(member: string): void;
  /** True if no sign of life came within the grace given with the last one. False for members that were never heard of. */
  isOverdue(member: string): boolean;
  /** Everybody's grace starts anew: what was not seen, was not seen because nobody looked. */
  restartAll(): void;
  stop(): void;
}

/** A timer that fires later than this after its time was held up: the process slept, or the clock jumped. */
const STALL_MS = 10_000;

export function newOverdueQueue(options: { clock: Clock; onOverdue: (member: string) => void }): OverdueQueue {
  const { clock, onOverdue } = options;
  /** Grace period → members in the order of their last sign of life, with its time. */
  const lines = new Map<number, Map<string, number>>();
  const graces = new Map<string, number>();
  const told = new Set<string>();
  let cancelTimer: (() => void) | undefined;
  let dueAt = Number.POSITIVE_INFINITY;

  const arm = (): void => {
    const next = nextDue(lines);
    if (next === dueAt) return;
    cancelTimer?.();
    dueAt = next;
    cancelTimer =
      next === Number.POSITIVE_INFINITY ? undefined : clock.setTimeout(fire, Math.max(0, next - clock.monotonic()));
  };
  const leaveLine = (member: string): void => {
    const grace = graces.get(member);
    if (grace !== undefined) lines.get(grace)?.delete(member);
  };
  const touch = (member: string, graceMs: number): void => {
    leaveLine(member);
    told.delete(member);
    graces.set(member, graceMs);
    const line = lines.get(graceMs) ?? new Map<string, number>();
    lines.set(graceMs, line.set(member, clock.monotonic()));
  };
  const restartAll = (): void => {
    for (const [member, grace] of graces) touch(member, grace);
  };
  const fire = (): void => {
    const wasHeldUp = clock.monotonic() > dueAt + STALL_MS;
    dueAt = Number.POSITIVE_INFINITY;
    if (wasHeldUp) restartAll();
    for (const member of takeOverdue(lines, clock.monotonic())) {
      told.add(member);
      onOverdue(member);
    }
    arm();
  };
  return {
    touch: (member, graceMs) => {
      touch(member, graceMs);
      // A timer that is armed already fires no later than it must; moving it for every sign of life would cost more than it saves.
      if (dueAt === Number.POSITIVE_INFINITY || clock.monotonic() + graceMs < dueAt) arm();
    },
    forget: (member) => {
      leaveLine(member);
      graces.delete(member);
      told.delete(member);
    },
    isOverdue: (member) => told.has(member),
    restartAll: () => {
      restartAll();
      arm();
    },
    stop: () => cancelTimer?.(),
  };
}

function nextDue(lines: Map<number, Map<string, number>>): number {
  let next = Number.POSITIVE_INFINITY;
  for (const [grace, line] of lines) {
    for (const at of line.values()) {
      next = Math.min(next, at + grace);
      break;
    }
  }
  return next;
}

function takeOverdue(lines: Map<number, Map<string, number>>, now: number): string[] {
  const overdue: string[] = [];
  for (const [grace, line] of lines) {
    for (const [member, at] of line) {
      if (at + grace > now) break;
      line.delete(member);
      overdue.push(member);
    }
  }
  return overdue;
}
