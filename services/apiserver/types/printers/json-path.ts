import { isJsonObject } from '../json-value.ts';

/**
 * The part of Kubernetes' JSONPath that printer columns, scale paths and selectable fields use: `.a.b`, `.a\.b`, `['a.b']`, `[0]`, `[-1]`, `[*]`, `.*`
 * and filters with one comparison (`[?(@.type=="Ready")]`, also `!=` and existence).
 * Source: Kubernetes documentation, "JSONPath Support".
 */

type Step = (values: unknown[]) => unknown[];

const compiled = new Map<string, Step[] | undefined>();
/** In characters: more than definitions have, and what they make up one after the other must not fill the memory. */
const REMEMBERED = 500_000;
let remembered = 0;

/** Every value that the path reaches, none if it reaches nothing or is malformed. Braces around the path and the leading `$` may be there. */
export function evaluateJsonPath(value: unknown, path: string): unknown[] {
  const steps = compiled.has(path) ? compiled.get(path) : remember(path);
  return steps ? steps.reduce<unknown[]>((values, step) => step(values), [value]) : [];
}

function remember(path: string): Step[] | undefined {
  if (remembered + path.length > REMEMBERED) {
    compiled.clear();
    remembered = 0;
  }
  const steps = compile(path);
  remembered += path.length;
  compiled.set(path, steps);
  return steps;
}

const childOf =
  (name: string): Step =>
  (values) =>
    values.flatMap((value) => (isJsonObject(value) && Object.hasOwn(value, name) ? [value[name]] : []));

const all: Step = (values) =>
  values.flatMap((value) => (Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : []));

const indexOf =
  (index: number): Step =>
  (values) =>
    values.flatMap((value) => {
      const item = Array.isArray(value) ? value.at(index) : undefined;
      return item === undefined ? [] : [item];
    });

const filterForm = /^\?\(\s*@((?:[^=!<>\s)\\]|\\.)*)\s*(?:(==|!=)\s*("(?:[^"\\]|\\.)*"|'[^']*'|[^\s)]+)\s*)?\)$/;

function literal(text: string): unknown {
  if (/^['"]/.test(text)) return text.slice(1, -1);
  if (text === 'true' || text === 'false') return text === 'true';
  return Number.isNaN(Number(text)) ? text : Number(text);
}

function filter(source: string): Step | undefined {
  const match = filterForm.exec(source);
  if (!match) return undefined;
  const [, path = '', operator, wanted] = match;
  const steps = compile(path);
  if (!steps) return undefined;
  const passes = (item: unknown): boolean => {
    const found = steps.reduce<unknown[]>((values, step) => step(values), [item]);
    if (operator === undefined || wanted === undefined) return found.length > 0;
    return found.length > 0 && (found[0] === literal(wanted)) === (operator === '==');
  };
  return (values) => all(values).filter(passes);
}

function bracket(source: string): Step | undefined {
  if (source === '*') return all;
  if (/^-?\d+$/.test(source)) return indexOf(Number(source));
  if (/^'.*'$|^".*"$/.test(source)) return childOf(source.slice(1, -1));
  return source.startsWith('?') ? filter(source) : undefined;
}

const token = /\.?\[((?:\?\([^\]]*\))|(?:'[^']*')|(?:"[^"]*")|[^\]]*)\]|\.((?:\\.|[^.[\\])+)/y;

function compile(path: string): Step[] | undefined {
  const trimmed = path.trim();
  const bare = trimmed.startsWith('{') ? trimmed.slice(1, -1) : trimmed;
  const source = bare.replace(/^\$/, '');
  const steps: Step[] = [];
  // A scanner of its own: a filter's path is compiled while the outer one is under way.
  const tokens = new RegExp(token);
  while (tokens.lastIndex < source.length) {
    const match = tokens.exec(source);
    const [, inBrackets, name = ''] = match ?? [];
    const plain = name === '*' ? all : childOf(name.replace(/\\(.)/g, '$1'));
    const step = match && (inBrackets === undefined ? plain : bracket(inBrackets));
    if (!step) return undefined;
    steps.push(step);
  }
  return steps;
}
