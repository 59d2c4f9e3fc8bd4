import { randomInt } from 'node:crypto';

/** Without vowels and look-alikes, as upstream. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const RANDOM_LENGTH = 5;
const MAX_LENGTH = 63;

/** `generateName` with five random characters; a long base is cut so that the name stays a label. */
export function generateName(base: string): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return `${base.slice(0, MAX_LENGTH - RANDOM_LENGTH)}${random}`;
}
