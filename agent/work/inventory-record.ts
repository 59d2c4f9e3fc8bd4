import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { apiVersionOf, type ResourceType } from '../../shared/apis/resource-type.ts';
import type { LeaseStamp } from './lease-stamp.ts';
import type { ObjectId } from './manifest.ts';

/** What the agent remembers of its deliveries, and of the hub that they came from. */

/** Why an object that no Work names (any more) may not be deleted without a person's word. */
export type OrphanReason =
  /** It is not the history of the hub in which it was delivered: another hub, or one that went back in time. */
  | 'HubChanged'
  /** The Work stopped naming it without being newer than what was delivered. */
  | 'WorkNotNewer'
  /** Its Work is gone, and was never seen being deleted. */
  | 'WorkMissing'
  /** It says that it comes from a Work of this cluster, and nothing is written down about it. */
  | 'NotInInventory';

export interface InventoryObject extends ObjectId {
  apiVersion: string;
  /** Empty as long as it is only meant to be made: then whatever our field manager made for the Work is it. */
  uid: string;
  /** Proven to be no longer wanted, and on its way out. */
  isLeaving?: true;
  orphaned?: { reason: OrphanReason; since: string };
}

/** Without a uid it is only meant to be made. */
export function inventoryObject(
  type: ResourceType<Unstructured>,
  { kind, namespace, name }: Omit<ObjectId, 'group'>,
  uid = '',
): InventoryObject {
  return { apiVersion: apiVersionOf(type), group: type.group, kind, ...(namespace ? { namespace } : {}), name, uid };
}

export interface InventoryRecord {
  /** The history of the hub that the Work was delivered in; see `HubMark`. */
  history: string;
  /** `namespace/name` of the Work. */
  work: string;
  /** Of the Work whose manifests these are. */
  generation: number;
  resourceVersion: string;
  objects: InventoryObject[];
}

/** Which hub it was, and how far its history had gone. */
export interface HubMark {
  /** A name of our own for this history of this hub: another one begins when the hub is another, or went back in time. */
  history: string;
  /** The uid of the hub's kube-system. */
  hub: string;
  /** Of its store, where it tells one. */
  epoch: string;
  /** The highest resourceVersion that was seen. */
  revision: string;
  /** Which the hub has taken last. */
  lease?: LeaseStamp;
}
