import { defineScalarTag, FAILSAFE_SCHEMA, mergeTag, NOT_RESOLVED } from 'js-yaml';

/**
 * What Go's YAML decoder takes plain words for, which is most of YAML 1.1: `yes`, `off` and `y` are booleans, `0o17` and `017` octal, `1_000` a number; not
 * its numbers to the base of 60, nor its times. Source: sigs.k8s.io/yaml, goyaml.v2/resolve.go.
 */

const WORDS = new Map<string, boolean | null>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
]);

function wordTag(name: 'bool' | 'null', isOne: (value: boolean | null) => boolean) {
  return defineScalarTag(`tag:yaml.org,2002:${name}`, {
    implicit: true,
    resolve: (source) => {
      const value = WORDS.get(source);
      return value !== undefined && isOne(value) ? value : NOT_RESOLVED;
    },
    identify: () => false,
  });
}

const FLOAT = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/;
/** In the bases that Go reads from the prefix; a leading 0 alone is octal too. */
const INTEGER = /^([-+]?)(?:0[xX]([\da-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|(0|[1-9]\d*))$/;
const MAX_UINT64 = 2n ** 64n - 1n;
const MIN_INT64 = -(2n ** 63n);
/** To read more takes a time that grows faster than their number. */
const MOST_DIGITS = String(MAX_UINT64).length;

function integerOf(plain: string): number | undefined {
  const match = INTEGER.exec(plain);
  if (!match) return undefined;
  const [, sign, hexadecimal, octal, binary, decimal] = match;
  if (decimal && decimal.length > MOST_DIGITS) return undefined;
  const text = hexadecimal ? `0x${hexadecimal}` : octal ? `0o${octal}` : binary ? `0b${binary}` : (decimal ?? '');
  const value = sign === '-' ? -BigInt(text) : BigInt(text);
  return value > MAX_UINT64 || value < MIN_INT64 ? undefined : Number(value);
}

/** Underscores are for the eye; not where it begins with a point. */
function numberOf(source: string): number | undefined {
  const endless = INFINITE.get(source);
  if (endless) throw new Error(`json: unsupported value: ${endless}`);
  if (source.startsWith('.')) return floatOf(source);
  if (!/^[-+\d]/.test(source)) return undefined;
  const plain = source.replaceAll('_', '');
  return integerOf(plain) ?? floatOf(plain);
}

/** There is no JSON of these. */
const INFINITE = new Map(
  ['.inf', '.Inf', '.INF'].flatMap((word) => [
    [word, '+Inf'],
    [`+${word}`, '+Inf'],
    [`-${word}`, '-Inf'],
  ]) as [string, string][],
);
for (const word of ['.nan', '.NaN', '.NAN']) INFINITE.set(word, 'NaN');

/** What is too large for a number is a text. */
function floatOf(plain: string): number | undefined {
  const value = FLOAT.test(plain) ? Number(plain) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

const numberTag = (name: 'int' | 'float') =>
  defineScalarTag(`tag:yaml.org,2002:${name}`, {
    implicit: name === 'int',
    resolve: (source) => numberOf(source) ?? NOT_RESOLVED,
    identify: () => false,
  });

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Bytes in base64 are the text that they are of. */
const binaryTag = defineScalarTag('tag:yaml.org,2002:binary', {
  resolve: (source) => {
    const plain = source.replace(/[\r\n]/g, '');
    if (!BASE64.test(plain)) throw new Error('yaml: !!binary value contains invalid base64 data');
    return Buffer.from(plain, 'base64').toString();
  },
  identify: () => false,
});

/** For `load`. */
export const GO_YAML = FAILSAFE_SCHEMA.withTags(
  wordTag('bool', (value) => value !== null),
  wordTag('null', (value) => value === null),
  numberTag('int'),
  numberTag('float'),
  mergeTag,
  binaryTag,
);
