import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { valueAt } from '../merge/changed-values.ts';
import { copyOf, setKey } from '../merge/json-value.ts';
import { type SettledValue, settledValueAt } from '../types/settled-value.ts';
import type { Body } from './body.ts';
import { hasGeneration } from './generation.ts';
import { type KnownWrite, knownWrite, noteWrite, placeOf } from './known-writes.ts';
import { type Likeness, likenessOf } from './likeness.ts';
import { encodeRemembered, encodeStored } from './object-codec.ts';
import { settleUpdate } from './settle-update.ts';
import { storeUpdate } from './update-object.ts';
import { prepareMetadataForUpdate } from './validate-metadata.ts';
import type { WriteRequest, Written } from './write-request.ts';

/**
 * Heartbeats: the same writer writes the same object again and again, and changes the same values each time. What decoding, defaults and the ownership of fields
 * make of that was seen the first time: nothing, but for the time of the writer's entry in `managedFields`. After that they are left out. Each write is admitted,
 * validated and judged like any other.
 */
export interface RepeatedUpdate {
  /**
   * The whole update; changes the body's object. Undefined if somebody else wrote meanwhile, or nothing came of it: then it has to go the long way, from the
   * body on. Absent if it has to from the start. Throws as every update does.
   */
  store?: () => Promise<Written | undefined>;
  /** To be told what came of the long way. */
  note: (written: Written) => void;
}

/** Undefined for what is no heartbeat. */
export function repeatedUpdate(request: WriteRequest, { object, duplicates }: Body): RepeatedUpdate | undefined {
  const { write, options, target, registry } = request;
  // What counts changes is not written for being alive.
  if (write.subresource === '' && hasGeneration(target.definition)) return undefined;
  const likeness = likenessOf(request, object);
  if (!likeness) return undefined;
  if (options.fieldValidation !== 'Ignore' && duplicates(options.fieldValidation).length > 0) return undefined;
  const known = knownWrite(registry.storage, target.key);
  const values = known && isOfThis(request, known, likeness) ? known.values : NONE;
  if (isKnown(likeness, values)) {
    return { store: () => storeAgain(request, object, { likeness, values }), note: () => {} };
  }
  return options.dryRun ? undefined : firstUpdate(request, object, { likeness, values });
}

type Values = KnownWrite['values'];
const NONE: Values = new Map();

/** Which values of an object may change. */
interface Repetition {
  likeness: Likeness;
  values: Values;
}

/** What was noted is about what is stored, and about this writer. */
function isOfThis({ target, write }: WriteRequest, known: KnownWrite, { entry, managedFields }: Likeness): boolean {
  return (
    known.revision === entry.modRevision &&
    known.definition === target.definition &&
    known.subresource === write.subresource &&
    known.manager === managedFields.at(-1)?.manager
  );
}

function isKnown({ changed }: Likeness, values: Values): boolean {
  return changed.every(({ path, after }) => values.get(placeOf(path))?.(after) ?? false);
}

async function storeAgain(
  request: WriteRequest,
  object: Unstructured,
  { likeness, values }: Repetition,
): Promise<Written | undefined> {
  const { entry, old, changed } = likeness;
  try {
    const next = repeated(object, likeness);
    await settleUpdate(request, next, old, { isMetadataKept: true });
    request.strategy.beforeStoring?.(next);
    if (changed.every(({ path, before }) => valueAt(next, path) === before)) return undefined;
    const written = await storeUpdate(request, entry, next, encodeRemembered);
    if (written && !request.options.dryRun) noteAgain(request, written, { likeness, values });
    return written;
  } finally {
    request.end?.();
  }
}

/** What the body makes of the object, if nothing else comes of it. Changes the body's object. */
function repeated(object: Unstructured, { old, managedFields }: Likeness): Unstructured {
  prepareMetadataForUpdate(object, old);
  object.metadata.managedFields = managedFields;
  for (const field in old) if (object[field] === undefined) setKey(object, field, old[field]);
  return object;
}

/** It goes the long way, and counts as one that is repeated if that comes to the very same. */
function firstUpdate(
  request: WriteRequest,
  object: Unstructured,
  { likeness, values }: Repetition,
): RepeatedUpdate | undefined {
  const settled = settledValuesOf(request, likeness);
  if (!settled) return undefined;
  const expected = textOf(request, repeated(copyOf(object), likeness));
  return {
    note: (written) => {
      const all = new Map([...values, ...settled]);
      if (textOf(request, written.object) === expected) noteAgain(request, written, { likeness, values: all });
    },
  };
}

function settledValuesOf({ target }: WriteRequest, { changed }: Likeness): Values | undefined {
  const settled = new Map<string, SettledValue>();
  for (const { path, after } of changed) {
    const isSettled = settledValueAt(target.definition, path);
    if (!isSettled?.(after)) return undefined;
    settled.set(placeOf(path), isSettled);
  }
  return settled;
}

/** As it is stored, its revision aside. */
const textOf = ({ target }: WriteRequest, object: Unstructured): string =>
  Buffer.from(encodeStored(target.definition, object, 0)).toString();

function noteAgain(
  { registry, target, write }: WriteRequest,
  { object }: Written,
  { likeness, values }: Repetition,
): void {
  noteWrite(registry.storage, target.key, {
    definition: target.definition,
    subresource: write.subresource,
    manager: likeness.managedFields.at(-1)?.manager ?? '',
    revision: Number(object.metadata.resourceVersion),
    values,
  });
}
