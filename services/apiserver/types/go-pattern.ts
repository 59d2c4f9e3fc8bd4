import { RE2JS } from 're2js';
import { addWork, isNew } from '../cel/budget.ts';
import { TOO_MUCH_OF_ALL, takePattern } from '../cel/compile-steps.ts';
import { patternSize, setsSize } from './pattern-size.ts';

/**
 * Go's regular expressions, by a port of the same engine: its syntax, its words for what is none, and a time that grows with the length of the text
 * and not more, whoever wrote the pattern (docs/decisions/0009-regular-expressions.md).
 */
export interface GoPattern {
  /** Whether it is found anywhere in a text. */
  test: (text: string) => boolean;
  /** What is found first; empty where nothing is. */
  first: (text: string) => string;
  /** What is found one after the other, at most so many. */
  all: (text: string, limit: number) => string[];
}

const patterns = new Map<string, { made: GoPattern | string; size: number }>();
/** More than schemas and rules have; patterns that rules make up must not fill the memory. In steps and characters. */
const REMEMBERED_STEPS = 500_000;
let remembered = 0;
/** Go takes ten times as many, and a second for them. */
const MOST_STEPS = 100_000;
/** More is written out of no pattern: what is repeated more than a thousand times in all is a mistake that is found at once, and has words of its own. */
const MOST_GROWTH = 4000;
/** A character that is looked at where all states that it leads to are known. */
const KNOWN_WORK = 4;
/** Each time that a pattern is looked for. */
const SEARCH_WORK = 50;
/** A character that may be looked at to find the next place; most often it is not. Where a pattern is large there may be as many states at once as it has steps. */
const FIND_WORK = 50;
/** A step of a state that is met for the first time. */
const STATE_STEP_WORK = 12;
/** What it takes to make one of a pattern ready, in some nanoseconds. */
const STEP_WORK = 1000;
/** Of the states that matching has met. A name's pattern has some fifty; one made for it has as many as its texts have characters. */
const STATES = 500;

/** The pattern, or why it is none, as Go says it. */
export function goPattern(source: string): GoPattern | string {
  const isMet = !isNew(source);
  const known = patterns.get(source);
  if (known) {
    if (!isMet) addWork(known.size * STEP_WORK);
    return takePattern(source, known.size) ? known.made : TOO_MUCH_OF_ALL;
  }
  const written = patternSize(source) + source.length;
  if (written > MOST_STEPS && written < source.length * MOST_GROWTH) return TOO_LARGE;
  const size = Math.min(written, MOST_STEPS) + setsSize(source) + 1;
  addWork(size * STEP_WORK);
  if (!takePattern(source, size)) return TOO_MUCH_OF_ALL;
  const made = compile(source, size);
  if (remembered + size > REMEMBERED_STEPS) forget();
  remembered += size;
  patterns.set(source, { made, size });
  return made;
}

const TOO_LARGE = 'error parsing regexp: expression too large';

function forget(): void {
  patterns.clear();
  remembered = 0;
}

/** Why a pattern is none; undefined if it is one. */
export function patternError(source: string): string | undefined {
  const pattern = goPattern(source);
  return typeof pattern === 'string' ? pattern : undefined;
}

function compile(source: string, size: number): GoPattern | string {
  try {
    return newPattern(RE2JS.compile(source), size);
  } catch (error) {
    const why = messageOf(error);
    const other = why.includes('duplicate capture group name') ? withOwnNames(source) : source;
    return other === source ? why : compile(other, size);
  }
}

/** Go allows groups of one name. Nobody asks for groups by their names here. */
function withOwnNames(source: string): string {
  let count = 0;
  return source.replace(/\\.|\[\^?\]?[^\]]*(?:\]|$)|\(\?P?<\w+>/gs, (token) =>
    token.startsWith('(') ? `(?P<g${count++}>` : token,
  );
}

/** Go shows what is wrong, also where it is nothing. */
function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.endsWith('trailing backslash at end of expression') ? `${text}: \`\`` : text;
}

function newPattern(compiled: RE2JS, size: number): GoPattern {
  const all = (text: string, limit: number): string[] => found({ compiled, size }, text, limit);
  const test = (text: string): boolean => {
    addWork(SEARCH_WORK + text.length * KNOWN_WORK);
    const states = statesOf(compiled, size);
    try {
      return compiled.test(text);
    } finally {
      if (states.stateCount > STATES) states.clearCache();
    }
  };
  return { test, first: (text) => all(text, 1)[0] ?? '', all };
}

type States = ReturnType<RE2JS['re2']>['lazyDFA'];

/**
 * The states that matching meets, each counted as work when it is. Where there are too many to be remembered, the steps of all that a character may lead to are followed instead.
 */
function statesOf(compiled: RE2JS, size: number): States {
  const re2 = compiled.re2();
  if (re2.lazyDFA) return re2.lazyDFA;
  const states = re2.dfa;
  const [closure, match] = [states.closure.bind(states), states.match.bind(states)];
  states.closure = (steps, flag) => {
    const met = closure(steps, flag);
    addWork(SEARCH_WORK + met.pcs.length * STATE_STEP_WORK);
    return met;
  };
  states.match = (input, at, anchor) => {
    const outcome: unknown = match(input, at, anchor);
    if (outcome === null) addWork(Number(input.endPos()) * size);
    return outcome;
  };
  return states;
}

type Matcher = ReturnType<RE2JS['matcher']>;

/** Each may look at all that is left of the text, however little it finds. */
function findNext(matcher: Matcher, left: number, size: number): boolean {
  addWork(SEARCH_WORK + left * Math.max(FIND_WORK, size));
  return matcher.find();
}

/** As Go counts them: nothing is not found where something has just been found before it. */
function found({ compiled, size }: { compiled: RE2JS; size: number }, text: string, limit: number): string[] {
  const matcher = compiled.matcher(text);
  const parts: string[] = [];
  let end = -1;
  while (parts.length < limit && findNext(matcher, text.length - Math.max(end, 0), size)) {
    const isNothingAgain = matcher.start() === matcher.end() && matcher.start() === end;
    if (!isNothingAgain) parts.push(matcher.group() ?? '');
    end = matcher.end();
  }
  return parts;
}
