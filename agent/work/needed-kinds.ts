import { apiVersionOf } from '../../shared/apis/resource-type.ts';
import type { WorkStates } from './delivery.ts';
import type { Inventory } from './inventory.ts';
import { kindKey } from './member-watches.ts';

/** The kinds of which anything was delivered that a Work names, or that is written down. */
export function neededKinds(states: WorkStates, inventory: Pick<Inventory, 'entries'>): Set<string> {
  const needed = new Set<string>();
  for (const [, { deliveries }] of states.entries()) {
    for (const { type } of deliveries.values()) if (type) needed.add(kindKey(apiVersionOf(type), type.kind));
  }
  for (const [, { objects }] of inventory.entries()) {
    for (const { apiVersion, kind } of objects) needed.add(kindKey(apiVersion, kind));
  }
  return needed;
}
