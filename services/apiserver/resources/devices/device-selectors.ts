import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { ANY, BOOL, type CelType, isSameType, mapOf, namedType, objectOf, STRING } from '../../cel/cel-type.ts';
import { type Compiled, compileExpression } from '../../cel/compile-expression.ts';
import type { DeclaredSize } from '../../cel/estimate/declared-size.ts';
import { QUANTITY_TYPE } from '../../cel/opaque-values.ts';
import { forbidden, invalid, tooLong } from '../../types/field-error.ts';

/**
 * The expressions that tell which devices will do: that they can be understood and don't cost too much. Nothing here evaluates them.
 * Source: k8s.io/dynamic-resource-allocation, `cel/compile.go`.
 */

const LONGEST = 10 * 1024;
const MOST_COST = 1_000_000n;

export function selectorCauses(expression: string, field: string): StatusCause[] {
  if (Buffer.byteLength(expression) > LONGEST) return [tooLong(field, LONGEST)];
  const compiled = compileSelector(expression);
  if ('error' in compiled) return [invalid(field, expression, `compilation failed: ${compiled.error}`)];
  const { type, unready, mostCost = 0n } = compiled;
  if (!isSameType(type, BOOL) && !isSameType(type, ANY))
    return [invalid(field, expression, `must evaluate to bool or the unknown type, not ${runtimeName(type)}`)];
  if (unready !== undefined)
    return [{ reason: 'InternalError', message: `Internal error: program instantiation failed: ${unready}`, field }];
  return mostCost > MOST_COST ? [forbidden(field, 'too complex, exceeds cost limit')] : [];
}

/** Types as values have them are named so. */
const RUNTIME_NAMES: ReadonlyMap<string, string> = new Map([
  ['any', 'google.protobuf.Any'],
  ['duration', 'google.protobuf.Duration'],
  ['null', 'null_type'],
  ['timestamp', 'google.protobuf.Timestamp'],
]);

function runtimeName({ name, params }: CelType): string {
  const own = RUNTIME_NAMES.get(name) ?? name;
  return params.length === 0 ? own : `${own}(${params.map(runtimeName).join(', ')})`;
}

export function compileSelector(expression: string): Compiled {
  return compileExpression(expression, VARIABLES, { self: DEVICE_SIZE, hasBind: true });
}

const byDomain = (value: CelType): CelType => mapOf(STRING, mapOf(STRING, value));

const FIELDS: ReadonlyMap<string, CelType> = new Map([
  ['driver', STRING],
  ['allowMultipleAllocations', BOOL],
  ['attributes', byDomain(ANY)],
  ['capacity', byDomain(namedType('object', QUANTITY_TYPE))],
]);

const VARIABLES: ReadonlyMap<string, CelType> = new Map([
  ['device', objectOf('kubernetes.DRADevice', (name) => FIELDS.get(name))],
]);

const MAX_DOMAIN = 63;
const MAX_ID = 32;
const MAX_TEXT = 64;
const MAX_ENTRIES = 32;

const sized = (most: number, parts: Partial<DeclaredSize> = {}): DeclaredSize => ({
  most: BigInt(most),
  least: 0,
  ...parts,
});

const inDomains = (entries: DeclaredSize): DeclaredSize =>
  sized(MAX_ENTRIES, { key: sized(MAX_DOMAIN), item: entries });

/** Attributes are also found by their names as if these were fields. */
const attribute = sized(MAX_TEXT);
const attributes = sized(MAX_ENTRIES, { key: sized(MAX_ID), item: attribute, field: () => attribute });
const capacities = sized(MAX_ENTRIES, { key: sized(MAX_ID), item: sized(0) });

const SIZES: ReadonlyMap<string, DeclaredSize> = new Map([
  ['driver', sized(MAX_DOMAIN)],
  ['allowMultipleAllocations', sized(1)],
  ['attributes', inDomains(attributes)],
  ['capacity', inDomains(capacities)],
]);

const DEVICE_SIZE: DeclaredSize = sized(0, { variable: 'device', field: (name) => SIZES.get(name) });
