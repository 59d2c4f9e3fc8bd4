import type { Toleration } from './validate-pod-spec.ts';

/**
 * Tolerations without those that others tolerate too; of equal ones the first stays. A list may hold thousands, so those that may cover one are not looked for but
 * found, by what they have in common: of each such group only the longest counts.
 * Source: kubernetes, pkg/util/tolerations, MergeTolerations.
 */
export function mergedTolerations(all: readonly Toleration[]): Toleration[] {
  const texts = all.map(textOf);
  const isCoveredLater = coveredLater(all, texts);
  const kept: Toleration[] = [];
  const keptTexts = new Set<string>();
  const longest = newLongest();
  for (const [index, one] of all.entries()) {
    const text = texts[index] ?? '';
    if (keptTexts.has(text) || longest.covers(one) || isCoveredLater[index]) continue;
    kept.push(one);
    keptTexts.add(text);
    longest.add(one, text);
  }
  return kept;
}

/** Whether another one, which is not equal, comes after each that covers it. */
function coveredLater(all: readonly Toleration[], texts: readonly string[]): boolean[] {
  const longest = newLongest();
  const results: boolean[] = [];
  for (const [index, one] of [...all.entries()].reverse()) {
    const text = texts[index] ?? '';
    results[index] = longest.covers(one, text);
    longest.add(one, text);
  }
  return results;
}

/** The same for equal ones. */
const textOf = (one: Toleration): string => JSON.stringify(one, Object.keys(one).sort());

interface Lasting {
  text: string;
  seconds: number;
}

/** Of each group the two that last longest, of different texts. */
function newLongest() {
  const groups = new Map<string, Lasting[]>();
  return {
    add(one: Toleration, text: string): void {
      const seconds = one.effect === 'NoExecute' ? secondsOf(one) : Number.POSITIVE_INFINITY;
      for (const group of groupsOf(one)) {
        const others = (groups.get(group) ?? []).filter((other) => other.text !== text);
        const sorted = [...others, { text, seconds }].sort((a, b) => (a.seconds < b.seconds ? 1 : -1));
        groups.set(group, sorted.slice(0, 2));
      }
    },
    /** Whether one that was added does, other than those of this text. */
    covers(one: Toleration, text?: string): boolean {
      const isOne = (other: Lasting): boolean => other.text !== text && other.seconds >= secondsOf(one);
      return coveringGroups(one).some((group) => groups.get(group)?.some(isOne));
    },
  };
}

const secondsOf = ({ tolerationSeconds = Number.POSITIVE_INFINITY }: Toleration): number => tolerationSeconds;

const idOf = (key: unknown, effect: string, value: unknown): string => JSON.stringify([key ?? null, effect, value]);

/** Keys are texts. */
const ANY_KEY = 0;
const ANY_VALUE = 0;

/** Whatever key there is, for one that has none and asks for none. */
function groupsOf({ key, operator, effect = '', value = '' }: Toleration): string[] {
  const exists = operator === 'Exists';
  const own = idOf(key, effect, exists ? ANY_VALUE : value);
  return exists && !key ? [own, idOf(ANY_KEY, effect, ANY_VALUE)] : [own];
}

function coveringGroups({ key, operator, effect = '', value = '' }: Toleration): string[] {
  const effects = effect === '' ? [''] : ['', effect];
  return effects.flatMap((of) => [
    idOf(ANY_KEY, of, ANY_VALUE),
    idOf(key, of, ANY_VALUE),
    ...(operator === 'Equal' ? [idOf(key, of, value)] : []),
  ]);
}
