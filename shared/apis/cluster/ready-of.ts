import type { Condition } from '../meta/v1.ts';
import { type Cluster, CONDITION_READY } from './v1alpha1.ts';

/** The Ready condition of a cluster; undefined until somebody has said how it is. */
export function readyOf({ status }: Pick<Cluster, 'status'>): Condition | undefined {
  return (status?.conditions as Condition[] | undefined)?.find(({ type }) => type === CONDITION_READY);
}
