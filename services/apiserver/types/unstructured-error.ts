/**
 * What upstream says of a value that a patch has put where another type belongs. Applied and strategic patches are not decoded from JSON but
 * converted from a tree, which words it differently. Source: apimachinery, pkg/runtime/converter.go.
 */
export function unstructuredErrorText(why: string): string {
  const match = /^json: cannot unmarshal (\S+?)(?: (-?[\d.e+]+))? into Go .* of type (\S+)$/.exec(why);
  if (!match) return why.startsWith('illegal base64') ? `error decoding from json: ${why}` : why;
  const [, found = '', number, type = ''] = match;
  const kind = KINDS[found] ?? (number?.includes('.') ? 'float64' : 'int64');
  if (type.startsWith('map[')) return `cannot restore map from ${kind}`;
  if (type.startsWith('[]')) return `cannot restore slice from ${kind}`;
  if (type.includes('.')) return `cannot restore struct from: ${kind}`;
  const isConvertible =
    kind === 'int64' || kind === 'float64'
      ? type !== 'bool' && !(kind === 'float64' && type === 'string')
      : kind === type;
  return isConvertible ? `cannot convert ${kind} to ${type}` : `unrecognized type: ${type}`;
}

const KINDS: Record<string, string> = { string: 'string', bool: 'bool', object: 'map', array: 'slice' };
