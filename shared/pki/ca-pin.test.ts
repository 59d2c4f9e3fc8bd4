import { describe, expect, test } from 'vitest';
import { caPins, matchesAnyPin, parseCaPin } from './ca-pin.ts';
import { newCa } from './x509.ts';

const now = Date.UTC(2026, 0, 1);
const hex = 'ab'.repeat(32);

describe('CA pins', () => {
  test('any certificate of a bundle with any of the pins will do', async () => {
    const [one, two, three] = await Promise.all(
      ['1', '2', '3'].map((commonName) => newCa({ commonName, days: 1, now })),
    );
    const bundle = `${one?.certificatePem}${two?.certificatePem}`;
    const pins = caPins(bundle);
    expect(pins).toHaveLength(2);
    expect(matchesAnyPin(bundle, [`sha256:${hex}`, pins[1]?.toUpperCase().replace('SHA', 'sha') ?? ''])).toBe(true);
    expect(matchesAnyPin(bundle, caPins(three?.certificatePem ?? ''))).toBe(false);
  });

  test('a pin is brought to lower case', () => {
    expect(parseCaPin(`SHA256:${hex.toUpperCase()}`)).toBe(`sha256:${hex}`);
  });

  test.each([
    [hex, 'format:hex-value'],
    [`sha512:${hex}`, 'unknown public key hash format "sha512"'],
    ['sha256:abcd', 'expected a 32 byte SHA-256 hash, found 2 bytes'],
    ['sha256:xy', 'could not decode'],
  ])('%s is refused in words', (text, why) => {
    expect(() => parseCaPin(text)).toThrow('invalid discovery token CA certificate hash');
    expect(() => parseCaPin(text)).toThrow(why);
  });
});
