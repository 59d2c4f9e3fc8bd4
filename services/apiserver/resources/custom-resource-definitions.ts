import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionNames,
} from '../../../shared/apis/apiextensions/v1.ts';
import { isEstablished } from '../types/catalog.ts';

/**
 * The life of a CustomResourceDefinition, as pure functions: what create and update make of one, which names it gets, and what deleting it means.
 * Upstream spreads this over the strategy and three controllers; here the server does it while it writes, so a CRD is established at once.
 * Given objects are not changed.
 */

/** Holds a deleted CRD until its objects are gone. */
export const customResourceCleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

type Status = NonNullable<CustomResourceDefinition['status']>;
type Condition = CustomResourceDefinitionCondition;

/** Called before validation: what a client leaves out is null. */
const storageVersionOf = (crd: CustomResourceDefinition): string | undefined =>
  (crd.spec.versions as CustomResourceDefinition['spec']['versions'] | null)?.find(({ storage }) => storage)?.name;

function withStorageVersion(crd: CustomResourceDefinition, status: Status): CustomResourceDefinition {
  const stored = status.storedVersions ?? [];
  const current = storageVersionOf(crd);
  const storedVersions = current === undefined || stored.includes(current) ? stored : [...stored, current];
  return { ...crd, status: { ...status, storedVersions } };
}

/** A new CRD has no status but the version it stores. */
export function prepareCrdForCreate(crd: CustomResourceDefinition): CustomResourceDefinition {
  return withStorageVersion(crd, { conditions: [], acceptedNames: { plural: '', kind: '' } });
}

/** The status is the server's; a new storage version is noted in it. */
export function prepareCrdForUpdate(
  crd: CustomResourceDefinition,
  old: CustomResourceDefinition,
): CustomResourceDefinition {
  return withStorageVersion(crd, old.status ?? {});
}

/** Replaces a condition in its place, or adds it; the time moves only with the status. */
function setCrdCondition(
  conditions: readonly Condition[],
  condition: Omit<Condition, 'lastTransitionTime'>,
  now: string,
): Condition[] {
  const old = conditions.find(({ type }) => type === condition.type);
  const time = old?.status === condition.status ? (old.lastTransitionTime ?? now) : now;
  const updated: Condition = {
    type: condition.type,
    status: condition.status,
    lastTransitionTime: time,
    reason: condition.reason ?? '',
    message: condition.message ?? '',
  };
  return old ? conditions.map((each) => (each === old ? updated : each)) : [...conditions, updated];
}

interface Claimed {
  resources: Set<string>;
  kinds: Set<string>;
}

/** The names that the other CRDs of the group have. */
function claimedNames(crd: CustomResourceDefinition, all: readonly CustomResourceDefinition[]): Claimed {
  const claimed: Claimed = { resources: new Set(), kinds: new Set() };
  for (const other of all) {
    const names = other.status?.acceptedNames;
    if (!names || other.spec.group !== crd.spec.group || other.metadata.name === crd.metadata.name) continue;
    for (const name of [names.plural, names.singular, ...(names.shortNames ?? [])]) {
      if (name) claimed.resources.add(name);
    }
    for (const kind of [names.kind, names.listKind]) if (kind) claimed.kinds.add(kind);
  }
  return claimed;
}

interface Naming {
  names: CustomResourceDefinitionNames;
  conflict?: { reason: string; message: string };
}

const inUse = (name: string): string => `${JSON.stringify(name)} is already in use`;

/** Each name that is free is taken; one that is not keeps its accepted value, and the last such is reported. */
function acceptNames(crd: CustomResourceDefinition, claimed: Claimed): Naming {
  const wanted = crd.spec.names;
  const naming: Naming = { names: { ...(crd.status?.acceptedNames ?? { plural: '', kind: '' }) } };
  const take = (field: 'plural' | 'singular' | 'kind' | 'listKind', used: Set<string>, reason: string): void => {
    const name = wanted[field];
    if (name !== undefined && used.has(name)) naming.conflict = { reason, message: inUse(name) };
    else if (name !== undefined) naming.names[field] = name;
  };
  take('plural', claimed.resources, 'PluralConflict');
  take('singular', claimed.resources, 'SingularConflict');
  takeShortNames(wanted.shortNames, claimed, naming);
  take('kind', claimed.kinds, 'KindConflict');
  take('listKind', claimed.kinds, 'ListKindConflict');
  if (wanted.categories) naming.names.categories = wanted.categories;
  else delete naming.names.categories;
  return naming;
}

function takeShortNames(wanted: string[] | undefined, claimed: Claimed, naming: Naming): void {
  const taken = (wanted ?? []).filter((name) => claimed.resources.has(name)).map(inUse);
  if (taken.length > 0) {
    const message = taken.length === 1 ? `${taken[0]}` : `[${taken.join(', ')}]`;
    naming.conflict = { reason: 'ShortNamesConflict', message };
  } else if (wanted) naming.names.shortNames = wanted;
  else delete naming.names.shortNames;
}

function establishedCondition(crd: CustomResourceDefinition, accepted: boolean): Omit<Condition, 'lastTransitionTime'> {
  if (accepted || isEstablished(crd)) {
    const message = 'the initial names have been accepted';
    return { type: 'Established', status: 'True', reason: 'InitialNamesAccepted', message };
  }
  return { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' };
}

/**
 * Gives a CRD its names and says so in its status. `all` are the stored CRDs (this one may be among them); `now` is RFC 3339 in seconds.
 * Once established it stays so. When a CRD goes or gives up names, those that wait for names are to be established again.
 */
export function establishCrd(
  crd: CustomResourceDefinition,
  all: readonly CustomResourceDefinition[],
  now: string,
): CustomResourceDefinition {
  const { names, conflict } = acceptNames(crd, claimedNames(crd, all));
  const accepted: Omit<Condition, 'lastTransitionTime'> = conflict
    ? { type: 'NamesAccepted', status: 'False', ...conflict }
    : { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' };
  const named = setCrdCondition(crd.status?.conditions ?? [], accepted, now);
  const conditions = setCrdCondition(named, establishedCondition(crd, !conflict), now);
  return { ...crd, status: { ...crd.status, conditions, acceptedNames: names } };
}

function terminating(crd: CustomResourceDefinition, reason: string, message: string, now: string): Condition[] {
  return setCrdCondition(crd.status?.conditions ?? [], { type: 'Terminating', status: 'True', reason, message }, now);
}

/** What the first DELETE makes of a CRD, besides its deletionTimestamp: it waits for its objects to go. */
export function markCrdForDeletion(crd: CustomResourceDefinition, now: string): CustomResourceDefinition {
  const finalizers = crd.metadata.finalizers ?? [];
  const held = finalizers.includes(customResourceCleanupFinalizer)
    ? finalizers
    : [...finalizers, customResourceCleanupFinalizer];
  const message = 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon';
  return {
    ...crd,
    metadata: { ...crd.metadata, finalizers: held },
    status: { ...crd.status, conditions: terminating(crd, 'InstanceDeletionPending', message, now) },
  };
}

/** For the controller: whether a CRD waits for its objects to be deleted. */
export function needsCleanup(crd: CustomResourceDefinition): boolean {
  return (
    crd.metadata.deletionTimestamp !== undefined &&
    (crd.metadata.finalizers ?? []).includes(customResourceCleanupFinalizer)
  );
}

/** For the controller: the CRD once its objects are gone; writing it removes it unless others hold it. */
export function finishCleanup(crd: CustomResourceDefinition, now: string): CustomResourceDefinition {
  const condition = {
    type: 'Terminating',
    status: 'False',
    reason: 'InstanceDeletionCompleted',
    message: 'removed all instances',
  } as const;
  const finalizers = (crd.metadata.finalizers ?? []).filter((name) => name !== customResourceCleanupFinalizer);
  return {
    ...crd,
    metadata: { ...crd.metadata, finalizers },
    status: { ...crd.status, conditions: setCrdCondition(crd.status?.conditions ?? [], condition, now) },
  };
}
