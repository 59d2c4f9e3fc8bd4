import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { objectKey, resourcePrefix } from '../registry/keys.ts';
import { decodeEntry } from '../registry/object-codec.ts';
import type { Registry } from '../registry/registry.ts';

/** Classes that other objects name: of storage, priority, ingress. They have no namespace. */

export interface ClassKind {
  group: string;
  plural: string;
}

type Stored = Pick<Registry, 'catalog' | 'storage'>;

export function storedClass({ catalog, storage }: Stored, { group, plural }: ClassKind, name: string) {
  const definition = catalog.find(group, 'v1', plural);
  const entry = definition && storage.get(objectKey(definition, '', name));
  return definition && entry ? decodeEntry(definition, entry) : undefined;
}

export function storedClasses({ catalog, storage }: Stored, { group, plural }: ClassKind): Unstructured[] {
  const definition = catalog.find(group, 'v1', plural);
  if (!definition) return [];
  return storage.list({ prefix: resourcePrefix(definition) }).entries.map((entry) => decodeEntry(definition, entry));
}

/** That which is meant for who names none, by one of these annotations; of several the newest. */
export function defaultClass(stored: Stored, kind: ClassKind, annotations: readonly string[]): string | undefined {
  const order = ({ metadata: { creationTimestamp, name = '' } }: Unstructured) => ({
    made: creationTimestamp ?? '',
    name,
  });
  const isDefault = ({ metadata }: Unstructured): boolean =>
    annotations.some((key) => metadata.annotations?.[key] === 'true');
  const [first] = storedClasses(stored, kind)
    .filter(isDefault)
    .map(order)
    .sort((a, b) => (a.made === b.made ? compare(a.name, b.name) : compare(b.made, a.made)));
  return first?.name;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
