import { newBadRequest, type StatusError } from '../../../shared/apis/meta/status-error.ts';
import { isLabelValue, isQualifiedName } from './object-names.ts';
import { lexSelector, type SelectorToken } from './selector-tokens.ts';

/** Label selectors as a query has them: `a=b,c!=d,e in (f,g),h notin (i),j,!k`. Source: apimachinery, labels.Parse, errors included. */
export type LabelPredicate = (labels: Record<string, string>) => boolean;

interface Requirement {
  key: string;
  operator: string;
  values: string[];
}

/** `undefined` selects everything. Throws 400. */
export function parseLabelSelector(text: string | null): LabelPredicate | undefined {
  if (text === null || text.trim() === '') return undefined;
  const requirements = parseRequirements(newReader(lexSelector(text)));
  return (labels) => requirements.every((requirement) => matches(requirement, labels));
}

interface Reader {
  next(): SelectorToken;
  peek(): SelectorToken;
}

function newReader(tokens: SelectorToken[]): Reader {
  let at = 0;
  const end: SelectorToken = { kind: 'end', text: '' };
  return { next: () => tokens[at++] ?? end, peek: () => tokens[at] ?? end };
}

function parseRequirements(reader: Reader): Requirement[] {
  const requirements: Requirement[] = [];
  for (;;) {
    const first = reader.peek();
    if (first.kind === 'end') return requirements;
    if (first.kind !== 'word' && first.text !== '!')
      throw newBadRequest(`found '${first.text}', expected: !, identifier, or 'end of string'`);
    requirements.push(parseRequirement(reader));
    const separator = reader.next();
    if (separator.kind === 'end') return requirements;
    if (separator.text !== ',') throw newBadRequest(`found '${separator.text}', expected: ',' or 'end of string'`);
    const following = reader.peek();
    if (following.kind !== 'word' && following.text !== '!')
      throw newBadRequest(`found '${following.text}', expected: identifier after ','`);
  }
}

const unparsed = (why: string): StatusError => newBadRequest(`unable to parse requirement: ${why}`);

function parseRequirement(reader: Reader): Requirement {
  const isNegated = reader.peek().text === '!' && reader.next() !== undefined;
  const { kind, text: key } = reader.next();
  if (kind !== 'word') throw unparsed(`found '${key}', expected: identifier`);
  const [wrong] = isQualifiedName(key);
  if (wrong) throw unparsed(`<nil>: Invalid value: ${JSON.stringify(key)}: ${wrong}`);
  const { kind: following, text } = reader.peek();
  if (isNegated || following === 'end' || text === ',') return { key, operator: isNegated ? '!' : '', values: [] };
  return parseComparison(reader, key);
}

const OPERATORS = ['in', 'notin', '=', '==', '!=', '>', '<'];

function parseComparison(reader: Reader, key: string): Requirement {
  const { text: operator } = reader.next();
  if (!OPERATORS.includes(operator)) throw unparsed(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
  const values = operator === 'in' || operator === 'notin' ? parseSet(reader) : [parseValue(reader)];
  checkValues(key, operator, values);
  return { key, operator, values };
}

function parseValue(reader: Reader): string {
  const { kind, text } = reader.peek();
  if (kind === 'end' || text === ',') return '';
  if (kind !== 'word') throw unparsed(`found '${text}', expected: identifier`);
  return reader.next().text;
}

function parseSet(reader: Reader): string[] {
  const opening = reader.next();
  if (opening.text !== '(') throw unparsed(`found '${opening.text}' expected: '('`);
  const values: string[] = [];
  for (let isOpen = true; isOpen; ) {
    const { kind, text } = reader.peek();
    if (kind === 'word') values.push(reader.next().text);
    else if (text === ',' || text === ')') values.push('');
    else throw unparsed(`found '${text}', expected: ',', ')' or identifier`);
    const separator = reader.next();
    if (separator.text !== ',' && separator.text !== ')')
      throw unparsed(`found '${separator.text}', expected: ',' or ')'`);
    isOpen = separator.text === ',';
  }
  return values;
}

function checkValues(key: string, operator: string, values: string[]): void {
  if (operator === '>' || operator === '<') {
    const [value = ''] = values;
    if (parseInt64(value) === undefined)
      throw unparsed(
        `values[0]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
      );
  }
  for (const [index, value] of values.entries()) {
    const [wrong] = isLabelValue(value);
    if (wrong) throw unparsed(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${wrong}`);
  }
}

function matches({ key, operator, values }: Requirement, labels: Record<string, string>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case '':
      return value !== undefined;
    case '!':
      return value === undefined;
    case '>':
      return isGreater(value, values[0]);
    case '<':
      return isGreater(values[0], value);
    case '!=':
    case 'notin':
      return value === undefined || !values.includes(value);
    default:
      return value !== undefined && values.includes(value);
  }
}

/** What is no number is neither greater nor less than one. */
function isGreater(one: string | undefined, other: string | undefined): boolean {
  const [greater, less] = [parseInt64(one), parseInt64(other)];
  return greater !== undefined && less !== undefined && greater > less;
}

/** As Go reads it: digits, of 64 bits with their sign. */
function parseInt64(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace('+', ''));
  return BigInt.asIntN(64, value) === value ? value : undefined;
}
