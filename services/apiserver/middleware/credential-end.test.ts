import { describe, expect, test } from 'vitest';
import type { CredentialCheck } from '../authn/credential-check.ts';
import type { RequestContext, ServerResponse } from '../request.ts';
import { newCredentialEnd } from './credential-end.ts';

const certificate = { commonName: 'a', organizations: [], raw: new Uint8Array(), notAfterMs: 0 };

function newCheck(): CredentialCheck & { refuse(): void; listeners: Set<() => void> } {
  const listeners = new Set<() => void>();
  let isRefused = false;
  return {
    listeners,
    refusal: () => (isRefused ? 'revoked' : undefined),
    onChange: (_, listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    refuse: () => {
      isRefused = true;
      for (const listener of [...listeners]) listener();
    },
  };
}

function contextOf(verb: string, signal: AbortSignal, hasCertificate = true): RequestContext {
  const request = hasCertificate ? { clientCertificate: certificate } : {};
  return {
    request,
    signal: () => signal,
    info: { isResource: true, verb, subresource: '' },
  } as unknown as RequestContext;
}

async function* endless(): AsyncGenerator<Uint8Array> {
  for (;;) yield new Uint8Array();
}

async function open(check: CredentialCheck, context: RequestContext, body: ServerResponse['body'] = endless()) {
  let seen: AbortSignal | undefined;
  const response = await newCredentialEnd(check)(context, async (context) => {
    seen = context.signal();
    return { status: 200, body: body as AsyncIterable<Uint8Array> };
  });
  return { response, signal: seen as unknown as AbortSignal };
}

describe('a watch', () => {
  test('ends when its certificate is refused, and not when another is', async () => {
    const check = newCheck();
    const { signal } = await open(check, contextOf('watch', new AbortController().signal));
    for (const listener of check.listeners) listener();
    expect(signal.aborted).toBe(false);
    check.refuse();
    expect(signal.aborted).toBe(true);
    expect(check.listeners.size).toBe(0);
  });

  test('that breaks is followed no more', async () => {
    const check = newCheck();
    const broken = (async function* () {
      yield new Uint8Array();
      throw new Error('the store is gone');
    })();
    const { response } = await open(check, contextOf('watch', new AbortController().signal), broken);
    const reading = (response.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    await reading.next();
    expect(check.listeners.size).toBe(1);
    await expect(reading.next()).rejects.toThrow('the store is gone');
    expect(check.listeners.size).toBe(0);
  });

  test('ends with its request', async () => {
    const check = newCheck();
    const leaving = new AbortController();
    const { signal } = await open(check, contextOf('watch', leaving.signal));
    leaving.abort();
    expect(signal.aborted).toBe(true);
    expect(check.listeners.size).toBe(0);
  });

  test('leaves no listener behind when it is given up before it is read', async () => {
    const check = newCheck();
    const { response } = await open(check, contextOf('watch', new AbortController().signal));
    await (response.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]().return?.();
    expect(check.listeners.size).toBe(0);
  });
});

test.each([
  ['another request', contextOf('list', new AbortController().signal)],
  ['a watch without a certificate', contextOf('watch', new AbortController().signal, false)],
])('%s goes on as it is', async (_, context) => {
  const check = newCheck();
  const own = context.signal();
  const { signal } = await open(check, context);
  expect(signal).toBe(own);
  expect(check.listeners.size).toBe(0);
});
