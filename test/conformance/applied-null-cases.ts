/** Configurations that say null where a kind has a struct, a map, a list or a single value: each in turn, of a new object and of one that is there. */

import { builtinObjects } from './builtin-objects.ts';
import { type Body, type Kind, objectOf, widget } from './objects.ts';
import { at, read } from './requests.ts';
import { type Case, contentTypes, create, nameIn } from './single-changes.ts';
import type { Step } from './step.ts';

/** Every copy with null in place of one of its values, of an item of a list too. */
function nulled(value: unknown): unknown[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => [null, ...nulled(item)].map((other) => value.with(index, other)));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, below]) =>
    [null, ...nulled(below)].map((other) => ({ ...value, [name]: other })),
  );
}

function casesOf(kind: Kind): Case[] {
  const path = at(kind, 'a');
  const named = (body: Body): Body => objectOf({ ...kind, base: body }, nameIn(kind, 'a'));
  const apply = (base: Body, force = false): Step => ({
    method: 'PATCH',
    path,
    contentType: contentTypes.apply,
    body: named(base),
    query: { fieldManager: 'm', force },
  });
  return (nulled(kind.base) as Body[]).flatMap((base) => {
    const what = `${kind.kind} ${JSON.stringify(base)}`;
    return [
      { name: `a new ${what}`, steps: [apply(base), read(path), apply(kind.base), apply({})] },
      {
        name: `a changed ${what}`,
        steps: [
          create(kind, 'a'),
          apply(base),
          apply(base, true),
          read(path),
          apply({}),
          apply(kind.base, true),
          apply(base),
        ],
      },
    ];
  });
}

/** Of claims and Jobs the first write that changes nothing is told, of DaemonSets a change of what is fixed as Go shows a struct. */
const UNCOMPARED: readonly string[] = ['PersistentVolumeClaim', 'Job', 'DaemonSet'];

const kinds: readonly Kind[] = [...builtinObjects.map((object): Kind => ({ ...object, edits: [] })), widget];

export const appliedNullGroups: Readonly<Record<string, Case[]>> = Object.fromEntries(
  kinds
    .filter(({ kind }) => !UNCOMPARED.includes(kind))
    .map((kind): [string, Case[]] => [`nulls that are applied to a ${kind.apiVersion} ${kind.kind}`, casesOf(kind)])
    .filter(([, cases]) => cases.length > 0),
);
