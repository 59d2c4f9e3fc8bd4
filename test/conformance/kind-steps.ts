/** Cases about one object of a kind: made with something laid over what is right, and changed. */

import { type Case, contentTypes, merged } from './single-changes.ts';
import type { Step } from './step.ts';

export type Fields = Record<string, unknown>;

export interface PlainKind {
  kind: string;
  apiVersion: string;
  resource: string;
  namespaced?: boolean;
  /** Everything but metadata. */
  base: Fields;
}

export const NAME = '<<namespace>>-x';

export const collection = ({ apiVersion, resource, namespaced }: PlainKind): string =>
  `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}${namespaced ? '/namespaces/<<namespace>>' : ''}/${resource}`;

export const bodyOf = ({ apiVersion, kind, base }: PlainKind, more: Fields = {}): Fields =>
  merged({ apiVersion, kind, metadata: { name: NAME }, ...base }, more);

export const made = (kind: PlainKind, more: Fields = {}): Step => ({
  method: 'POST',
  path: collection(kind),
  body: bodyOf(kind, more),
});

/** A merge patch, of a subresource if one is named. */
export const patched = (kind: PlainKind, body: Fields, part = ''): Step => ({
  method: 'PATCH',
  path: `${collection(kind)}/${NAME}${part}`,
  contentType: contentTypes.merge,
  body,
});

/** What is sent takes the place of all that there was. */
export const replaced = (kind: PlainKind, more: Fields, part = ''): Step => ({
  method: 'PUT',
  path: `${collection(kind)}/${NAME}${part}`,
  body: merged(bodyOf(kind, more), { metadata: { resourceVersion: `<<rv ${kind.kind}/x>>` } }),
});

export const creations = (kind: PlainKind, changes: readonly Fields[]): Case[] =>
  changes.map((change) => ({ name: `${kind.kind} ${JSON.stringify(change)}`, steps: [made(kind, change)] }));

/** Each change as a patch, and as a replacement by what was sent first with the change in it. */
export const updates = (kind: PlainKind, changes: readonly [from: Fields, patch: Fields][], part = ''): Case[] =>
  changes.map(([from, body]) => ({
    name: `${kind.kind}${part} ${JSON.stringify(from)} to ${JSON.stringify(body)}`,
    steps: [
      made(kind, from),
      patched(kind, body, part),
      replaced(kind, merged(from, body), part),
      { method: 'GET', path: `${collection(kind)}/${NAME}` },
    ],
  }));
