import type { CustomResourceDefinition } from '../../../shared/apis/apiextensions/v1.ts';
import { builtinDefinitions } from './builtin-definitions.ts';
import { definitionsOfCrd } from './crd-definitions.ts';
import type { ResourceCatalog, ResourceDefinition } from './resource-definition.ts';

/** The catalog of a running server: the built-in resources, and those of the CRDs that it is told of. */
export interface MutableCatalog extends ResourceCatalog {
  /**
   * Serves what an established CRD defines, in place of what it defined before. A CRD that is not established (its condition says so) is not
   * served. A change that alters nothing about what is served raises no generation.
   */
  setCustomResourceDefinition(crd: CustomResourceDefinition): void;
  /** `name` is the CRD's: `<plural>.<group>`. */
  removeCustomResourceDefinition(name: string): void;
}

interface Index {
  all: readonly ResourceDefinition[];
  byResource: Map<string, ResourceDefinition>;
  byKind: Map<string, ResourceDefinition>;
}

const keyOf = (group: string, version: string, name: string): string => `${group}/${version}/${name}`;

function newIndex(all: readonly ResourceDefinition[]): Index {
  const byResource = new Map<string, ResourceDefinition>();
  const byKind = new Map<string, ResourceDefinition>();
  for (const definition of all) {
    const { group, version, plural, kind } = definition;
    byResource.set(keyOf(group, version, plural), definition);
    byKind.set(keyOf(group, version, kind), definition);
  }
  return { all, byResource, byKind };
}

export function isEstablished(crd: CustomResourceDefinition): boolean {
  return crd.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True') ?? false;
}

export function isCrdTerminating(crd: CustomResourceDefinition): boolean {
  return crd.status?.conditions?.some(({ type, status }) => type === 'Terminating' && status === 'True') ?? false;
}

interface CustomResource {
  /** What was given, for noticing that nothing changed. */
  fingerprint: string;
  definitions: ResourceDefinition[];
}

const fingerprintOf = (crd: CustomResourceDefinition): string =>
  JSON.stringify([crd.spec, crd.status?.acceptedNames ?? null]);

const byText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);

export function newCatalog(): MutableCatalog {
  const builtins = builtinDefinitions();
  const custom = new Map<string, CustomResource>();
  /** Names of CRDs. Apart from the definitions: those that go are served as before, and their watches go on. */
  const terminating = new Set<string>();
  const listeners = new Set<() => void>();
  let index = newIndex(builtins);
  let generation = 1;

  const changed = (): void => {
    const names = [...custom.keys()].sort();
    const definitions = names.flatMap((name) => custom.get(name)?.definitions ?? []);
    index = newIndex([...builtins, ...definitions.sort((a, b) => byText(a.group, b.group))]);
    generation += 1;
    for (const listener of [...listeners]) listener();
  };

  const remove = (name: string): void => {
    terminating.delete(name);
    if (custom.delete(name)) changed();
  };

  const set = (crd: CustomResourceDefinition): void => {
    const name = crd.metadata.name ?? '';
    const fingerprint = fingerprintOf(crd);
    if (custom.get(name)?.fingerprint === fingerprint) return;
    custom.set(name, { fingerprint, definitions: definitionsOfCrd(crd) });
    changed();
  };

  return {
    find: (group, version, plural) => index.byResource.get(keyOf(group, version, plural)),
    findKind: (group, version, kind) => index.byKind.get(keyOf(group, version, kind)),
    list: () => index.all,
    generation: () => generation,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    isTerminating: ({ group, plural }) => terminating.has(`${plural}.${group}`),
    setCustomResourceDefinition: (crd) => {
      if (isEstablished(crd)) set(crd);
      else remove(crd.metadata.name ?? '');
      if (isCrdTerminating(crd)) terminating.add(crd.metadata.name ?? '');
    },
    removeCustomResourceDefinition: remove,
  };
}
