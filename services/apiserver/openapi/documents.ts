import { createHash } from 'node:crypto';
import { builtinNameOfKind } from '../../../shared/apis/builtin/definitions.ts';
import { apiVersionOf } from '../../../shared/apis/resource-type.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';
import { closure, type IsListed, type Published } from './builtin-schemas.ts';
import { customSchemaName, customSchemas } from './custom-schemas.ts';
import {
  codeVersionPath,
  coreVersionsPath,
  groupPath,
  groupsPath,
  issuerConfigurationPath,
  issuerKeysPath,
  versionPath,
} from './general-routes.ts';
import { type DefinitionOf, resourcePaths } from './resource-routes.ts';
import type { RoutePath } from './routes.ts';
import type { Form } from './structural-form.ts';
import { newV2Document } from './v2-document.ts';
import { newV3Document } from './v3-document.ts';

/** Which documents of OpenAPI there are, and what is in each. */

/** One document of v3, which is made when it is asked for. */
export interface V3Source {
  /** Of what it is made from: another where the document is another. */
  hash: string;
  make(): Published;
}

/** Changes with every change of what the documents say. */
const formVersion = 2;

function hashOf(path: string, definitions: readonly ResourceDefinition[]): string {
  const hash = createHash('sha512').update(`pullet ${formVersion} ${path}`);
  for (const { schema, source, ...definition } of definitions) {
    const { resolve: _, columns: __, ...described } = definition;
    hash.update(JSON.stringify(described));
    if (source === 'crd') hash.update(JSON.stringify(schema));
  }
  return hash.digest('hex').toUpperCase();
}

function definitionOfKind(definitions: readonly ResourceDefinition[]): DefinitionOf {
  const custom = new Set(
    definitions
      .filter(({ source }) => source === 'crd')
      .flatMap(({ group, version, kind, listKind }) => [kind, listKind].map((one) => `${group}/${version}/${one}`)),
  );
  return (group, version, kind) =>
    custom.has(`${group}/${version}/${kind}`)
      ? customSchemaName(group, version, kind)
      : builtinNameOfKind(group, version, kind);
}

interface Parts {
  paths: RoutePath[];
  definitions: readonly ResourceDefinition[];
  isListed: IsListed;
  form: Form;
}

function* definitionsIn(paths: readonly RoutePath[]): Iterable<string> {
  for (const { body, answers } of paths.flatMap(({ routes }) => routes)) {
    if (body) yield body.definition;
    for (const [, definition] of answers) if (definition !== undefined) yield definition;
  }
}

const schemasIn = ({ paths, definitions, isListed, form }: Parts): Record<string, Published> =>
  closure(definitionsIn(paths), customSchemas(definitions, form), isListed);

function pathsOf(definitions: readonly ResourceDefinition[]): RoutePath[] {
  const of = definitionOfKind(definitions);
  return definitions.flatMap((definition) => resourcePaths(definition, of));
}

const isCustom = (definitions: readonly ResourceDefinition[]): boolean =>
  definitions.every(({ source }) => source === 'crd');

/** The server of custom resources does not know those that other parts of upstream's server have for themselves. */
const foreignGroups = ['admission.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io', 'imagepolicy.k8s.io'];
const listedForCustom: IsListed = (group) => !foreignGroups.includes(group);

/** `api/v1` or `apis/<group>/<version>`. */
function documentPath(group: string, version: string): string {
  return group === '' ? `api/${version}` : `apis/${apiVersionOf({ group, version })}`;
}

function ofVersion(path: string, definitions: readonly ResourceDefinition[]): V3Source {
  const [first] = definitions;
  const { group = '', version = '' } = first ?? {};
  const custom = isCustom(definitions);
  const make = (): Published => {
    const own = custom ? [] : [versionPath(`/${path}`, group, version)];
    const paths = [...own, ...pathsOf(definitions)];
    const isListed: IsListed = custom ? listedForCustom : (...listed) => listed.join() === [group, version].join();
    const schemas = schemasIn({ paths, definitions, isListed, form: 'newer' });
    return newV3Document({ paths, schemas, isCustom: custom });
  };
  return { hash: hashOf(path, definitions), make };
}

function ofPath(name: string, newPath: () => RoutePath): readonly [string, V3Source] {
  const make = (): Published => {
    const paths = [newPath()];
    const schemas = closure(definitionsIn(paths), {}, () => false);
    return newV3Document({ paths, schemas, isCustom: false });
  };
  return [name, { hash: hashOf(name, []), make }];
}

const builtinGroups = (definitions: readonly ResourceDefinition[]): string[] => [
  ...new Set(definitions.flatMap(({ source, group }) => (source === 'builtin' && group !== '' ? [group] : []))),
];

/** Without a group and version. */
const generalPaths: Readonly<Record<string, () => RoutePath>> = {
  api: coreVersionsPath,
  apis: groupsPath,
  version: codeVersionPath,
  '.well-known/openid-configuration': issuerConfigurationPath,
  'openid/v1/jwks': issuerKeysPath,
};

/** The documents of v3 by their path below `/openapi/v3`, sorted. */
export function v3Sources(all: readonly ResourceDefinition[]): Map<string, V3Source> {
  const versions = new Map<string, ResourceDefinition[]>();
  for (const definition of all) {
    const path = documentPath(definition.group, definition.version);
    const others = versions.get(path);
    if (others) others.push(definition);
    else versions.set(path, [definition]);
  }
  const sources = [
    ...[...versions].map(([path, definitions]) => [path, ofVersion(path, definitions)] as const),
    ...builtinGroups(all).map((group) => ofPath(`apis/${group}`, () => groupPath(group))),
    ...Object.entries(generalPaths).map(([name, newPath]) => ofPath(name, newPath)),
  ];
  return new Map(sources.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function versionPaths(all: readonly ResourceDefinition[]): RoutePath[] {
  const builtin = all.filter(({ source }) => source === 'builtin');
  const versions = new Map(builtin.map(({ group, version }) => [documentPath(group, version), { group, version }]));
  return [...versions].map(([path, { group, version }]) => versionPath(`/${path}`, group, version));
}

/** The one document of v2. */
export function newV2(all: readonly ResourceDefinition[]): Published {
  const paths = [
    ...Object.values(generalPaths).map((newPath) => newPath()),
    ...builtinGroups(all).map(groupPath),
    ...versionPaths(all),
    ...pathsOf(all),
  ];
  return newV2Document(paths, schemasIn({ paths, definitions: all, isListed: () => true, form: 'older' }));
}
