import { addWork } from './budget.ts';

/** How many characters a text has, whatever they are made of. */
export function charCount(text: string): number {
  addWork(text.length);
  let count = text.length;
  for (let at = 0; at < text.length - 1; at++) {
    if (!isPair(text.charCodeAt(at), text.charCodeAt(at + 1))) continue;
    count--;
    at++;
  }
  return count;
}

const isPair = (first: number, second: number): boolean =>
  first >= 0xd800 && first < 0xdc00 && second >= 0xdc00 && second < 0xe000;
