import { describe, expect, test } from 'vitest';
import { newForbidden, newInternalError, newInvalid, StatusError } from '../../shared/apis/meta/status-error.ts';
import { refusalWithoutSecretData, withoutSecretData } from './secret-words.ts';

const secret = (content: object, kind = 'Secret') => ({ apiVersion: 'v1', kind, metadata: { name: 'a' }, ...content });

test.each<[string, object, string, string]>([
  [
    'a number where a text should be',
    { stringData: { pin: 4711 } },
    '.stringData.pin: expected string, got &value.valueUnstructured{Value:4711}',
    '.stringData.pin: expected string, got &value.valueUnstructured{Value:***}',
  ],
  ['a text where a map should be', { data: 'hunter2!' }, 'expected map, got &{hunter2!}', 'expected map, got &{***}'],
  [
    'what is nested',
    { data: { a: { b: ['hunter2!'] } } },
    'got &value.valueUnstructured{Value:map[b:[hunter2!]]}',
    'got &value.valueUnstructured{Value:map[b:[***]]}',
  ],
  ['what is encoded, in plain', { data: { a: 'aHVudGVyMiE=' } }, 'a webhook says: "hunter2!"', 'a webhook says: "***"'],
  ['what is encoded, as it is', { data: { a: 'aHVudGVyMiE=' } }, 'no aHVudGVyMiE= here', 'no *** here'],
  ['what is plain, encoded', { stringData: { a: 'hunter2!' } }, 'a webhook says: aHVudGVyMiE=', 'a webhook says: ***'],
  ['many lines, as they are quoted', { stringData: { a: 'a "b"\nc d' } }, String.raw`got "a \"b\"\nc d"`, 'got "***"'],
  ['a long one within a word', { stringData: { a: 'hunter2!' } }, 'https://xhunter2!y', 'https://x***y'],
  ['not a short one within a word', { stringData: { a: 'a' } }, 'data[a] is bad', 'data[***] is bad'],
  ['not an empty one', { stringData: { a: '' } }, 'no, "" is', 'no, "" is'],
  ['nothing for a null', { data: { a: null } }, 'null is no text', 'null is no text'],
  [
    'all of a long one, though it begins as another',
    { stringData: { a: 'hunter2!longer', b: 'hunter2!' } },
    'got hunter2!longer',
    'got ***',
  ],
])('of a Secret is masked: %s', (_name, content, words, expected) => {
  expect(withoutSecretData(secret(content), words)).toBe(expected);
});

test('what is in the Secret that is there is masked too, all of a long one, though it begins as what is to be there', () => {
  const live = secret({ data: { a: Buffer.from('hunter2!longer').toString('base64') } });
  const words = 'hunter2!longer may not become hunter2!';
  expect(withoutSecretData(secret({ stringData: { a: 'hunter2!' } }), words, live)).toBe('*** may not become ***');
});

test('of other kinds nothing is masked', () => {
  expect(withoutSecretData(secret({ data: { a: 'hunter2!' } }, 'ConfigMap'), 'got hunter2!')).toBe('got hunter2!');
});

test('however deep it is nested', () => {
  const deep: unknown = JSON.parse(`${'{"a":'.repeat(9900)}"hunter2!"${'}'.repeat(9900)}`);
  expect(withoutSecretData(secret({ stringData: deep }), 'got hunter2!')).toBe('got ***');
});

test('however long it is', () => {
  const long = '0'.repeat(800_000);
  expect(withoutSecretData(secret({ stringData: { a: long } }), `got ${long}`)).toBe('got ***');
});

describe('of so many values and words that to look for them would hold up all else', () => {
  const data = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, btoa(`v${i}`)]));
  const withheld = 'refused, in words that may quote what was in the Secret';

  test('nothing is told', () => {
    expect(withoutSecretData(secret({ data }), 'no '.repeat(1000))).toBe(withheld);
  });

  test('nothing more is told of a refusal, whose code stays', () => {
    const causes = Array.from({ length: 1000 }, (_, i) => ({ message: `no ${i}` }));
    const invalid = newInvalid({ resource: 'Secret', name: 'a' }, []);
    const status = { ...invalid.status, message: 'not v17', details: { causes } };
    const told = refusalWithoutSecretData(new StatusError(status), secret({ data })) as StatusError;
    expect([told.code, told.message, told.status.details?.causes?.at(-1)?.message]).toEqual([422, 'not ***', withheld]);
  });
});

describe('a refusal', () => {
  const quoting = newForbidden({ resource: 'secrets', name: 'a' }, 'a webhook says: hunter2!');
  const statusOf = (error: unknown) => (error as StatusError).status;

  test('has nothing of what is in the Secret, and is a refusal still', () => {
    const told = refusalWithoutSecretData(quoting, secret({ data: { a: 'aHVudGVyMiE=' } }));
    expect(told).toMatchObject({ reason: 'Forbidden', code: 403, message: expect.stringContaining('says: ***') });
    expect((told as Error).stack).not.toContain('hunter2!');
  });

  test('has nothing of it in what a log says besides the message', () => {
    const causes = newInternalError('got hunter2!', { cause: 'hunter2!' });
    const told = refusalWithoutSecretData(causes, secret({ stringData: { a: 'hunter2!' } }));
    expect(statusOf(told).details?.causes).toEqual([{ message: 'got ***' }]);
    expect((told as Error).cause).toBeUndefined();
  });

  test('of a Secret that nobody knows as it was has not a word of the member, and when to ask again', () => {
    const busy = new StatusError({ ...quoting.status, details: { name: 'hunter2!', retryAfterSeconds: 7 } });
    const told = refusalWithoutSecretData(busy, undefined);
    expect(JSON.stringify(statusOf(told)) + (told as Error).message).not.toContain('hunter2!');
    expect(statusOf(told)).toMatchObject({ code: 403, details: { retryAfterSeconds: 7 } });
  });

  test('of another kind is as it was', () => {
    const told = refusalWithoutSecretData(quoting, secret({ data: { a: 'hunter2!' } }, 'ConfigMap'));
    expect(statusOf(told)).toEqual(quoting.status);
  });

  test('is no word of the member where it has not answered', () => {
    const away = new Error('away');
    expect(refusalWithoutSecretData(away, undefined)).toBe(away);
  });
});
