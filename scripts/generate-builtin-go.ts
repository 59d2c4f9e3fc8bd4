import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * How Go writes each field of the API types to JSON, read from the struct tags beside the published types: OpenAPI doesn't say which fields
 * vanish when they are empty and which are always written.
 */

/** `?`: left out when it is zero or empty. `^`: written as null when it is absent. `''`: neither. */
export type WriteRule = '?' | '^' | '';

interface GoField {
  type: string;
  omitEmpty: boolean;
  omitZero: boolean;
}

interface GoStruct {
  fields: Map<string, GoField>;
  /** Full names of embedded structs. */
  inlined: string[];
}

/** By name as OpenAPI writes it (`io.k8s.api.core.v1.Pod`): structs, and other types that have names of their own (`type LimitType string`). */
export interface GoStructs {
  structs: Map<string, GoStruct>;
  named: Set<string>;
}

/** A module and the prefix of the OpenAPI names of its packages: `k8s.io/api` holds `io.k8s.api.…`. */
export interface GoModule {
  dir: string;
  prefix: string;
}

const isTypesFile = (file: string): boolean => /(^|\/)types(_\w+)?\.go$/.test(file) || /\/runtime\/\w+\.go$/.test(file);

function readStruct(body: string, pkg: string): GoStruct {
  const struct: GoStruct = { fields: new Map(), inlined: [] };
  const lines = body.matchAll(/^\s*(?:(\w+)\s+)?([*\w.[\]]+(?:\{\})?)\s+`(?:[^`]*\s)?json:"([^"]*)"[^`]*`/gm);
  for (const [, , type = '', tag = ''] of lines) {
    const [name = '', ...options] = tag.split(',');
    if (name === '' && !type.includes('.')) struct.inlined.push(`${pkg}.${type}`);
    const field = { type, omitEmpty: options.includes('omitempty'), omitZero: options.includes('omitzero') };
    if (name !== '') struct.fields.set(name, field);
  }
  return struct;
}

export function readGoStructs(modules: GoModule[]): GoStructs {
  const all: GoStructs = { structs: new Map(), named: new Set() };
  for (const { dir, prefix } of modules) {
    const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(isTypesFile).sort();
    for (const file of files) {
      const pkg = [prefix, ...path.dirname(file).split(path.sep)].join('.');
      const text = readFileSync(path.join(dir, file), 'utf8').replace(/\/\/.*$/gm, '');
      for (const [, name, body = ''] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
        all.structs.set(`${pkg}.${name}`, readStruct(body, pkg));
      }
      for (const [, name] of text.matchAll(/^type (\w+) (?:string|int32|int64|bool|map\[.*|\[\].*)$/gm))
        all.named.add(`${pkg}.${name}`);
    }
  }
  return all;
}

interface FoundField {
  field: GoField;
  /** Names of the embedded structs on the way to it. */
  embedded: string[];
  /** The package of its struct. */
  pkg: string;
}

const packageOf = (name: string): string => name.slice(0, name.lastIndexOf('.'));
const lastPart = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

function fieldOf(all: GoStructs, structName: string, jsonName: string): FoundField | undefined {
  const struct = all.structs.get(structName);
  const own = struct?.fields.get(jsonName);
  if (own) return { field: own, embedded: [], pkg: packageOf(structName) };
  for (const inner of struct?.inlined ?? []) {
    const found = fieldOf(all, inner, jsonName);
    if (found) return { ...found, embedded: [lastPart(inner), ...found.embedded] };
  }
  return undefined;
}

/** Where Go's types are called otherwise: `core` is imported under several names. */
const IMPORTED: Readonly<Record<string, string>> = {
  v1: 'io.k8s.api.core.v1',
  corev1: 'io.k8s.api.core.v1',
  apiv1: 'io.k8s.api.core.v1',
  metav1: 'io.k8s.apimachinery.pkg.apis.meta.v1',
};

/** `v1.LimitType`, also as `[]v1.LimitType` and in maps; undefined for what has no name of its own. */
function namedType(all: GoStructs, type: string, pkg: string): string | undefined {
  const { named } = all;
  const [, keys, values] = /^map\[([\w.]+)\]([\w.]+)$/.exec(type) ?? [];
  if (keys && values) {
    const [key, value] = [keys, values].map((part) => namedType(all, part, pkg));
    return key || value ? `map[${key ?? keys}]${value ?? values}` : undefined;
  }
  const [, list = '', alias = '', name = ''] = /^\*?(\[\])?\*?(?:(\w+)\.)?(\w+)$/.exec(type) ?? [];
  if (alias === 'types') return `${list}types.${name}`;
  const home = [alias ? IMPORTED[alias] : pkg].find((one) => one && named.has(`${one}.${name}`));
  return home && `${list}${lastPart(home)}.${name}`;
}

/** What Go's decoder says of a field besides its name: the structs that are embedded around it, joined by dots, and the name of its type. */
export function goNames(all: GoStructs, structName: string, jsonName: string): { in?: string; go?: string } {
  const found = fieldOf(all, structName, jsonName);
  if (!found) return {};
  const go = namedType(all, found.field.type, found.pkg);
  return { ...(found.embedded.length > 0 ? { in: found.embedded.join('.') } : {}), ...(go ? { go } : {}) };
}

const isTime = (type: string): boolean => /^(metav1\.)?(Micro)?Time$/.test(type);

/** `isStruct`: the field holds a definition with fields of its own, which Go writes even when it is empty. */
export function writeRule(structs: GoStructs, structName: string, jsonName: string, isStruct: boolean): WriteRule {
  const field = fieldOf(structs, structName, jsonName)?.field;
  if (!field) return '';
  if (isTime(field.type)) return field.omitZero ? '' : '^';
  const isPointer = field.type.startsWith('*');
  if (field.omitEmpty) return isPointer || isStruct ? '' : '?';
  const isNullable = isPointer || field.type.startsWith('[]') || field.type.startsWith('map[');
  return isNullable ? '^' : '';
}
