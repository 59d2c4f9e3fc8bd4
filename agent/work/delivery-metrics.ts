/** Why a manifest could not be applied, where no word is known for it. */
export const OTHER_REASON = 'Other';

/** What whoever watches an agent wants to count of its deliveries. Nothing here may throw. */
export interface DeliveryMetrics {
  /** A manifest was applied, or its object set back, in so many seconds. */
  delivered(did: 'applied' | 'corrected', seconds: number): void;
  /** A manifest could not be applied; `reason` is one of few words, as of a Status. */
  failed(reason: string): void;
  /** How many Works wait is asked for when somebody reads it. */
  queue(depth: () => number): void;
}
