/** Owners and dependents, deleted in every way while controllers run: after each step everything that follows from it has happened. */

import fc from 'fast-check';
import { type Body, configMap, type Kind, secret } from './objects.ts';
import { at, mergePatch, read, remove } from './requests.ts';
import { create, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';

const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const letters = ['a', 'b', 'c', 'd', 'e', 'f'] as const;
/** Every other object is a Secret: the collector learns of kinds one by one. */
const kindOf = (index: number): Kind => (index % 2 === 0 ? configMap : secret);

const settled = (step: Step): Step => ({ ...step, settledBefore: true });

function owner(index: number, more: Body): Body {
  const { kind, apiVersion } = kindOf(index);
  const name = letters[index] ?? '';
  return { apiVersion, kind, name, uid: `<<uid ${kind}/${name}>>`, ...more };
}

/** Those that are not there, or are something else than the reference says. */
const strangers = pick<Body>(
  { apiVersion: 'v1', kind: 'ConfigMap', name: 'missing', uid: '11111111-0000-0000-0000-000000000000' },
  { apiVersion: 'v1', kind: 'ConfigMap', name: 'a', uid: '11111111-0000-0000-0000-000000000000' },
  { apiVersion: 'v1', kind: 'Secret', name: 'a', uid: '<<uid ConfigMap/a>>' },
);

/**
 * What is held keeps its owners waiting; whom they then take along without being kept by it is a matter of luck, upstream too. So is what becomes of the
 * dependents of something that is collected as soon as it is made: only the last, which has none, is owned by a stranger alone.
 */
function creation(index: number, mayBeHeld: boolean): fc.Arbitrary<Step> {
  const others = letters.slice(0, index).map((_, other) => other);
  return fc
    .record({
      owners: fc.subarray(others, { maxLength: Math.min(index, 2) }),
      flags: pick<Body>({ blockOwnerDeletion: true }, mayBeHeld ? { blockOwnerDeletion: true } : {}),
      stranger: fc.option(strangers, { nil: undefined, freq: 8 }),
      isHeld: mayBeHeld ? pick(false, true) : fc.constant(false),
    })
    .map(({ owners, flags, stranger, isHeld }) => {
      const references = owners.map((other, at) =>
        owner(other, { ...flags, ...(at === 0 ? { controller: true } : {}) }),
      );
      const mayBeStrange = references.length > 0 || index === letters.length - 1;
      const ownerReferences = stranger && mayBeStrange ? [...references, stranger] : references;
      const finalizers = isHeld ? { finalizers: ['example.com/hold'] } : {};
      return create(kindOf(index), letters[index] ?? '', { metadata: { ownerReferences, ...finalizers } });
    });
}

const someone = fc.nat({ max: letters.length - 1 });
const target = (index: number): string => at(kindOf(index), letters[index] ?? '');

const changes: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(someone, pick('Background', 'Foreground', 'Orphan', undefined))
      .map(([index, propagationPolicy]) =>
        remove(target(index), propagationPolicy === undefined ? undefined : { propagationPolicy }),
      ),
  },
  {
    weight: 2,
    arbitrary: someone.map((index) => mergePatch(target(index), { metadata: { finalizers: null } })),
  },
  {
    weight: 1,
    arbitrary: someone.map((index) => mergePatch(target(index), { metadata: { ownerReferences: null } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(someone, someone)
      .map(([index, other]) =>
        mergePatch(target(index), { metadata: { ownerReferences: [owner(other, { blockOwnerDeletion: true })] } }),
      ),
  },
);

const looks: Step[] = [settled(read(pathOf(configMap))), read(pathOf(secret))];

export const garbageSequences: fc.Arbitrary<Step[]> = fc
  .boolean()
  .chain((mayBeHeld) =>
    fc.tuple(
      fc.tuple(...letters.map((_, index) => creation(index, mayBeHeld))),
      fc.array(changes, { minLength: 2, maxLength: 4 }),
    ),
  )
  .map(([creations, rest]) => [...creations, ...looks, ...rest.flatMap((step) => [step, ...looks])]);
