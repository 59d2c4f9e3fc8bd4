/** A token of a pattern: an escape, a set of characters, the beginning of a group, how often something is repeated, or a character. */
const TOKEN =
  /\\Q(?<literal>.*?)(?:\\E|$)|\\[pPx]\{[^}]*(?:\}|$)|\\[pP].|\\.|\[\^?\]?(?:\[:\^?\w+:\]|\\.|[^\]\\])*(?:\]|\\?$)|\((?:\?(?:P?<\w+>|[-a-zA-Z]*[:)]))?|\{(?<least>\d+)(?:,(?<most>\d*))?\}|./gsu;

/** A group that is open: what is in it so far, and the last of it, which what follows may repeat. */
interface Group {
  size: number;
  last: number;
}

/**
 * Of how many steps a pattern is made once its repetitions are written out, to within a factor of two: `(ab){1000}` is short, and large. For what is no pattern it
 * may be anything.
 */
export function patternSize(source: string): number {
  const open: Group[] = [{ size: 0, last: 0 }];
  for (const { 0: token, groups = {} } of source.matchAll(TOKEN)) {
    const group = open.at(-1) as Group;
    if (token.startsWith('(') && !token.endsWith(')')) open.push({ size: 0, last: 0 });
    else if (token === ')' && open.length > 1) {
      open.pop();
      add(open.at(-1) as Group, group.size + 2);
    } else if (groups['least'] !== undefined)
      repeat(group, Math.max(Number(groups['least']), Number(groups['most'] ?? 0)));
    else add(group, groups['literal']?.length ?? 1);
  }
  return open.reduce((sum, { size }) => sum + size, 0);
}

function add(group: Group, size: number): void {
  group.size += size;
  group.last = size;
}

function repeat(group: Group, times: number): void {
  const repeated = group.last * Math.max(times, 1);
  group.size += repeated - group.last;
  group.last = repeated;
}

/** What it takes to make the sets of characters in a pattern, once, however often they are repeated: those of Unicode have some hundred parts. */
export function setsSize(source: string): number {
  const count = (part: RegExp): number => source.match(part)?.length ?? 0;
  return count(/\\[pP]/g) * 100 + count(/[^ -~]-|\}-/g) * 10 + count(/\[/g) * 10 + foldedSize(source);
}

const IGNORES_CASE = /\(\?[a-zA-Z]*i/;
/** A range with its ends, where they are beyond those that one byte or a few digits can name. */
const RANGE = /(?:\\x\{([\da-fA-F]+)\}|([^ -~]))?-(?:\\x\{([\da-fA-F]+)\}|([^ -~]))/gu;
/** The last character that is the same as another but for its case. */
const LAST_WITH_CASE = 0x1e943;
const LOOKED_AT_IN_A_STEP = 40;

/** Where case makes no difference each character of a range is looked at by itself. */
function foldedSize(source: string): number {
  if (!IGNORES_CASE.test(source)) return 0;
  let characters = 0;
  for (const [, lowDigits, low, highDigits, high] of source.matchAll(RANGE))
    characters += Math.max(0, Math.min(codeOf(highDigits, high), LAST_WITH_CASE) - codeOf(lowDigits, low));
  return Math.ceil(characters / LOOKED_AT_IN_A_STEP);
}

const codeOf = (digits = '0', character?: string): number => character?.codePointAt(0) ?? Number.parseInt(digits, 16);
