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

/** Struct name as OpenAPI writes it (`io.k8s.api.core.v1.Pod`) → struct. */
export type GoStructs = Map<string, GoStruct>;

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
  const structs: GoStructs = new Map();
  for (const { dir, prefix } of modules) {
    const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter(isTypesFile).sort();
    for (const file of files) {
      const pkg = [prefix, ...path.dirname(file).split(path.sep)].join('.');
      const text = readFileSync(path.join(dir, file), 'utf8').replace(/\/\/.*$/gm, '');
      for (const [, name, body = ''] of text.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
        structs.set(`${pkg}.${name}`, readStruct(body, pkg));
      }
    }
  }
  return structs;
}

function fieldOf(structs: GoStructs, structName: string, jsonName: string): GoField | undefined {
  const struct = structs.get(structName);
  const own = struct?.fields.get(jsonName);
  if (own || !struct) return own;
  for (const inner of struct.inlined) {
    const found = fieldOf(structs, inner, jsonName);
    if (found) return found;
  }
  return undefined;
}

const isTime = (type: string): boolean => /^(metav1\.)?(Micro)?Time$/.test(type);

/** `isStruct`: the field holds a definition with fields of its own, which Go writes even when it is empty. */
export function writeRule(structs: GoStructs, structName: string, jsonName: string, isStruct: boolean): WriteRule {
  const field = fieldOf(structs, structName, jsonName);
  if (!field) return '';
  if (isTime(field.type)) return field.omitZero ? '' : '^';
  const isPointer = field.type.startsWith('*');
  if (field.omitEmpty) return isPointer || isStruct ? '' : '?';
  const isNullable = isPointer || field.type.startsWith('[]') || field.type.startsWith('map[');
  return isNullable ? '^' : '';
}
