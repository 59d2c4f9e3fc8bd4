import { describe, expect, test } from 'vitest';
import { newForbidden, newInternalError, newUnauthorized } from '../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../shared/client/client.ts';
import { TransportError } from '../shared/client/transport.ts';
import type { TransportOptions } from '../shared/client/transport-options.ts';
import { newFakeClock } from '../shared/controller/fake-clock.ts';
import { memberId, verifyCredentials } from './verify-member.ts';

type Answer = { status: { allowed: boolean } } | Error;
const allowed = { status: { allowed: true } };
const untrusted = new TransportError('signed by an authority that is not trusted here', {
  cause: Object.assign(new Error('self-signed'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' }),
});
const server = 'https://m1:6443';

/** The last answer of each authority is given again and again. */
async function verify(
  answers: Record<string, Answer[]>,
  endpoint: { caPem?: string; proxyUrl?: string; tlsServerName?: string } = {},
) {
  const clock = newFakeClock();
  const dialled: TransportOptions[] = [];
  const newClient = (transport: TransportOptions): KubeClient => {
    dialled.push(transport);
    const left = [...(answers[transport.caPem ?? ''] ?? [])];
    const create = async () => {
      const answer = left.length > 1 ? left.shift() : left[0];
      if (answer instanceof Error) throw answer;
      return answer;
    };
    return { create } as unknown as KubeClient;
  };
  const result = verifyCredentials({
    endpoint: { server, clusterName: 'c', ...endpoint },
    token: 'secret-token',
    caPem: 'own',
    newClient,
    clock,
    signal: new AbortController().signal,
  }).catch((error: Error) => error);
  await clock.advance(20_000);
  return { result: await result, dialled };
}

describe('the credentials that join made', () => {
  test('are tried with the token and the authorities that go with it', async () => {
    const { result, dialled } = await verify({ own: [allowed] });
    expect(result).toBe('own');
    expect(dialled).toEqual([{ server, token: 'secret-token', caPem: 'own' }]);
  });

  test('are tried through the proxy of the kubeconfig', async () => {
    const { dialled } = await verify({ own: [allowed] }, { proxyUrl: 'http://proxy:3128' });
    expect(dialled).toEqual([{ server, token: 'secret-token', caPem: 'own', proxyUrl: 'http://proxy:3128' }]);
  });

  test('may take a moment', async () => {
    const { result } = await verify({ own: [newUnauthorized(), { status: { allowed: false } }, allowed] });
    expect(result).toBe('own');
  });

  test('are used with the kubeconfig’s authorities where the token’s did not sign the address', async () => {
    expect((await verify({ own: [untrusted], other: [allowed] }, { caPem: 'other' })).result).toBe('other');
  });

  const all: [string, Record<string, Answer[]>, string][] = [
    ['not accepted', { own: [newUnauthorized()] }, 'the token made for the hub is not accepted: Unauthorized'],
    [
      'forbidden',
      { own: [newForbidden({ resource: 'selfsubjectaccessreviews' }, 'no')] },
      'the token made for the hub is not accepted: selfsubjectaccessreviews is forbidden: no',
    ],
    [
      'too weak',
      { own: [{ status: { allowed: false } }] },
      'the service account made for the hub may not do everything there',
    ],
    ['for another server', { own: [untrusted], '': [untrusted] }, untrusted.message],
    ['for nobody', { own: [new TransportError('no answer from m1:6443')] }, 'no answer from m1:6443'],
  ];
  test.each(all)('that are %s are not handed over', async (_name, answers, why) => {
    const { result } = await verify(answers);
    expect(result).toBeInstanceOf(Error);
    expect((result as Error).message).toBe(`the hub could not work with the cluster at ${server}: ${why}`);
    expect(JSON.stringify(result, Object.getOwnPropertyNames(result))).not.toContain('secret-token');
  });
});

test('a token that goes without the kubeconfig’s name for the server is told what would go with it', async () => {
  const { result } = await verify({ own: [untrusted], '': [untrusted] }, { tlsServerName: 'name' });
  expect((result as Error).message).toBe(
    `the hub could not work with the cluster at ${server}: ${untrusted.message}; a token goes without the tls-server-name of the kubeconfig: ` +
      'give the hub all of it with --credentials kubeconfig',
  );
});

describe('a member’s id', () => {
  const memberFailing = (error: Error) => ({ get: () => Promise.reject(error) }) as unknown as KubeClient;
  const refusing = `the cluster at ${server} refuses the kubeconfig, which names no user: Unauthorized`;
  test.each<[string, Error, string]>([
    ['is not there', new TransportError('no answer'), `cannot reach the cluster at ${server}: no answer`],
    ['refuses', newUnauthorized(), refusing],
    ['is out of order', newInternalError('etcd is away'), `the cluster at ${server} can't be used: Internal error`],
  ])('can’t be known where it %s', async (_name, error, message) => {
    const id = memberId(memberFailing(error), { server, clusterName: 'c' }, newFakeClock());
    await expect(id).rejects.toThrow(message);
  });

  test('can’t be known where something else answers', async () => {
    const other = { get: async () => ({ hello: 'world' }) } as unknown as KubeClient;
    const id = memberId(other, { server, clusterName: 'c' }, newFakeClock());
    await expect(id).rejects.toThrow(`${server} does not answer as a Kubernetes API server does`);
  });
});
