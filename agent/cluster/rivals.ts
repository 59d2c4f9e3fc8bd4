import {
  AGENT_INSTANCE_ANNOTATION,
  CONDITION_IDENTITY_SHARED,
  IDENTITY_REASONS,
} from '../../shared/apis/cluster/v1alpha1.ts';
import type { Lease } from '../../shared/apis/coordination/v1.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import { findCondition, type NewCondition } from '../../shared/controller/conditions.ts';
import type { Logger } from '../../shared/controller/logger.ts';

/**
 * Another agent that says, all the time, that it is that of this cluster: a copy of the member, as of its virtual machines or out of its backup, or an agent that was
 * started twice. Each renews the heartbeat lease between two renewals of the other. The agents of one member that take over from each other do so once.
 */
export interface Rivals {
  /** The lease as another has renewed it since we did. */
  met(lease: Lease): void;
  /** The lease as we have renewed it. */
  renewed(lease: Lease): void;
  /** For the Cluster; undefined where there is nothing to say, or nothing is known yet: then what was said before stays, which may be the other's word. */
  condition(before: Condition[] | undefined): NewCondition | undefined;
}

/** So many meetings tell of a rival. */
const SURE = 3;

/**
 * It is gone when it was not met for so many times as long as it took to meet it again before: of two whose rhythms differ, the faster renews several times between
 * two renewals of the other.
 */
const GONE = 6;

export function newRivals(log: Logger): Rivals {
  let other: string | undefined;
  /** Of one that is not gone. */
  let meetings = 0;
  /** Renewals in a row between which no other renewed. */
  let alone = 0;
  /** Renewals from one meeting to the next, as it was last. */
  let rhythm = 1;
  /** Ours and the other's, in an order that is the same for both. */
  let told: string[] | undefined;

  const isGone = (): boolean => alone >= GONE * rhythm;
  const meet = (own: string, another: string): void => {
    rhythm = meetings === 0 ? GONE : alone + 1; // of one that is met for the first time nobody knows when it would be again
    meetings += 1;
    alone = 0;
    if (meetings < SURE) return;
    if (!told) log.warn({ other: another }, messageOf([own, another]));
    told = [own, another].sort();
  };

  return {
    met: (lease) => {
      other = instanceOf(lease);
    },
    renewed: (lease) => {
      if (other === undefined) alone += 1;
      else meet(instanceOf(lease), other);
      other = undefined;
      if (!isGone()) return;
      meetings = 0;
      told = undefined;
    },
    condition: (before) => {
      const type = CONDITION_IDENTITY_SHARED;
      if (told) return { type, status: 'True', reason: IDENTITY_REASONS.shared, message: messageOf(told) };
      return isGone() && findCondition(before, type) ? { type, status: 'False', ...IDENTITY_REASONS.own } : undefined;
    },
  };
}

function instanceOf({ metadata }: Lease): string {
  return metadata.annotations?.[AGENT_INSTANCE_ANNOTATION] ?? '';
}

function messageOf(instances: string[]): string {
  return (
    `${instances.join(' and ')} both are the agent of this cluster: one runs in, or for, a copy of the member, or was started twice. ` +
    'Works go to both, and what either tells is overwritten by the other. Stop one; a copy that is to stay needs a name of its own: pullet register'
  );
}
