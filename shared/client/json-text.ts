import { objectJson } from '../apis/object-json.ts';

/** The JSON of what came as JSON, however deep it is nested: `JSON.stringify` ends at some 4,000 levels (before Node 26), kube-apiserver takes 10,000. */
export function jsonText(value: unknown): string {
  try {
    return objectJson(value);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return deepText(value);
  }
}

/** A value that is still to be written, or what stands around one. */
type Piece = { value: unknown } | string;

/** Without recursion; for plain values. */
function deepText(root: unknown): string {
  const left: Piece[] = [{ value: root }];
  let text = '';
  for (let piece = left.pop(); piece !== undefined; piece = left.pop()) {
    if (typeof piece === 'string') text += piece;
    else for (const next of piecesOf(piece.value).reverse()) left.push(next);
  }
  return text;
}

function piecesOf(value: unknown): Piece[] {
  if (Array.isArray(value)) return ['[', ...value.flatMap((item, at) => [comma(at), { value: item ?? null }]), ']'];
  if (typeof value !== 'object' || value === null) return [JSON.stringify(value)];
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return ['{', ...fields.flatMap(([key, field], at) => [`${comma(at)}${JSON.stringify(key)}:`, { value: field }]), '}'];
}

const comma = (at: number): string => (at === 0 ? '' : ',');
