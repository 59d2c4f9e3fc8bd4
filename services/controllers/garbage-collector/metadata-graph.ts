import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, ObjectMeta, OwnerReference, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { apiVersionOf, groupResource, type ResourceType } from '../../../shared/apis/resource-type.ts';
import type { ChangeHandler, Informer } from '../../../shared/controller/informer.ts';
import { keyOf } from '../../../shared/controller/store.ts';

/**
 * The metadata of every object that can be garbage, by who owns whom. Only metadata is kept. Nodes are named by `resource.group|namespace/name`.
 */
export interface Node {
  type: ResourceType<Unstructured>;
  metadata: ObjectMeta;
}

export interface MetadataGraph {
  get(key: string): Node | undefined;
  /** Objects that name this uid among their owners. */
  dependentsOf(uid: string): Node[];
  findByUid(uid: string): Node | undefined;
}

export type MetadataInformer = Informer<KubeObject>;

const BY_OWNER = 'owner';
const BY_UID = 'uid';

export const graphIndexes: Record<string, (object: KubeObject) => string[]> = {
  [BY_OWNER]: ({ metadata }) => (metadata.ownerReferences ?? []).map(({ uid }) => uid),
  [BY_UID]: ({ metadata }) => (metadata.uid === undefined ? [] : [metadata.uid]),
};

/** Drops all that collection does not read. Of most objects, leases among them, that leaves a name. */
export function keepMetadata({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion, deletionTimestamp, finalizers, ownerReferences } = metadata;
  const kept: ObjectMeta = {};
  if (name !== undefined) kept.name = name;
  if (namespace !== undefined) kept.namespace = namespace;
  if (uid !== undefined) kept.uid = uid;
  if (resourceVersion !== undefined) kept.resourceVersion = resourceVersion;
  if (deletionTimestamp !== undefined) kept.deletionTimestamp = deletionTimestamp;
  if (finalizers !== undefined) kept.finalizers = finalizers;
  if (ownerReferences !== undefined) kept.ownerReferences = ownerReferences;
  return { apiVersion, kind, metadata: kept };
}

export function nodeKey(type: ResourceType, object: { metadata: ObjectMeta }): string {
  return `${groupResource(type)}|${keyOf({ apiVersion: '', kind: '', metadata: object.metadata })}`;
}

/** A view on the informers of the moment; `informers` changes as CRDs come and go. */
export function newMetadataGraph(informers: ReadonlyMap<string, MetadataInformer>): MetadataGraph {
  const collect = (index: string, uid: string): Node[] =>
    [...informers.values()].flatMap((informer) =>
      informer.store.byIndex(index, uid).map(({ metadata }) => toNode(informer.type, metadata)),
    );
  return {
    get: (key) => {
      const bar = key.indexOf('|');
      const informer = informers.get(key.slice(0, bar));
      const object = informer?.store.get(key.slice(bar + 1));
      return informer && object ? toNode(informer.type, object.metadata) : undefined;
    },
    dependentsOf: (uid) => collect(BY_OWNER, uid),
    findByUid: (uid) => collect(BY_UID, uid)[0],
  };
}

function toNode(type: ResourceType, metadata: ObjectMeta): Node {
  return { type: type as ResourceType<Unstructured>, metadata };
}

/** Which nodes to look at after a change: itself, the owners that it goes from (one may wait for it), and, when it is gone, those that it owned. */
export function keysToLookAt(graph: MetadataGraph, type: ResourceType): ToKeys {
  return ({ object, previous, deleted }) => {
    if (previous && !deleted && isSameToCollection(previous, object)) return [];
    const owners = [...ownersOf(object), ...(previous ? ownersOf(previous) : [])];
    const ownerKeys = owners.flatMap(({ uid }) => keyOfUid(graph, uid));
    const { uid, deletionTimestamp, ownerReferences } = object.metadata;
    const isInteresting = ownerReferences !== undefined || deletionTimestamp !== undefined;
    const own = isInteresting && !deleted ? [nodeKey(type, object)] : [];
    const hasSameOwners = isSame(previous?.metadata.ownerReferences, ownerReferences);
    if (!deleted && deletionTimestamp === undefined && (!previous || hasSameOwners)) return own;
    const dependents = deleted && uid ? graph.dependentsOf(uid).map((node) => nodeKey(node.type, node)) : [];
    return [...new Set([...own, ...ownerKeys, ...dependents])];
  };
}

/** Most changes are none here: leases are renewed by the thousand. */
function isSameToCollection({ metadata: before }: KubeObject, { metadata: after }: KubeObject): boolean {
  return (
    before.uid === after.uid &&
    before.deletionTimestamp === after.deletionTimestamp &&
    isSame(before.finalizers, after.finalizers) &&
    isSame(before.ownerReferences, after.ownerReferences)
  );
}

/** Mostly there are none. */
const isSame = (one: unknown, other: unknown): boolean => one === other || isDeepStrictEqual(one, other);

type ToKeys = (change: Parameters<ChangeHandler<KubeObject>>[0]) => string[];

function keyOfUid(graph: MetadataGraph, uid: string): string[] {
  const node = graph.findByUid(uid);
  return node ? [nodeKey(node.type, node)] : [];
}

function ownersOf(object: KubeObject): OwnerReference[] {
  return object.metadata.ownerReferences ?? [];
}

export function isKindOf(type: ResourceType, owner: OwnerReference): boolean {
  return type.kind === owner.kind && apiVersionOf(type).split('/')[0] === owner.apiVersion.split('/')[0];
}
