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
  /** For the Cluster; undefined where there is nothing to say, and nothing was said before. */
  condition(before: Condition[] | undefined): NewCondition | undefined;
}

/** Renewals between which another renewed: so many more than others tell of a rival. It is gone when there are none left. */
const SURE = 3;
const MAX = 2 * SURE;

export function newRivals(log: Logger): Rivals {
  let score = 0;
  let other: string | undefined;
  /** Ours and the other's, in an order that is the same for both. */
  let told: string[] | undefined;

  return {
    met: (lease) => {
      other = instanceOf(lease);
    },
    renewed: (lease) => {
      score = other === undefined ? Math.max(score - 1, 0) : Math.min(score + 1, MAX);
      if (other !== undefined && score >= SURE) {
        if (!told) log.warn({ other }, messageOf([instanceOf(lease), other]));
        told = [instanceOf(lease), other].sort();
      }
      if (score === 0) told = undefined;
      other = undefined;
    },
    condition: (before) => {
      const type = CONDITION_IDENTITY_SHARED;
      if (told) return { type, status: 'True', reason: IDENTITY_REASONS.shared, message: messageOf(told) };
      return findCondition(before, type) && { type, status: 'False', ...IDENTITY_REASONS.own };
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
