/** An informer whose server answers as a test says, one request after the other. */

import { type ConfigMap, configMaps } from '../apis/core/v1.ts';
import { newExpired, newInvalid } from '../apis/meta/status-error.ts';
import { type FakeAnswer, newFakeTransport } from '../client/fake-transport.ts';
import { newKubeClient } from '../client/kube-client.ts';
import { TransportError, type TransportRequest } from '../client/transport.ts';
import { newFakeClock } from './fake-clock.ts';
import type { InformerOptions } from './informer.ts';
import { newInformer } from './list-watch-informer.ts';
import { silentLogger } from './silent-logger.ts';
import { keyOf } from './store.ts';

/** A watch whose events the test sends one by one. */
export function newWatch() {
  const queue: (string | Error | undefined)[] = [];
  let wake: () => void = () => {};
  const push = (line: string | Error | undefined): void => {
    queue.push(line);
    wake();
  };
  async function* chunks(): AsyncGenerator<string> {
    for (;;) {
      while (queue.length > 0) {
        const line = queue.shift();
        if (line === undefined) return;
        if (line instanceof Error) throw line;
        yield `${line}\n`;
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }
  return {
    answer: { chunks: chunks() } satisfies FakeAnswer,
    send: (type: string, object: object) => push(JSON.stringify({ type, object })),
    end: () => push(undefined),
    cut: (error: Error) => push(error),
  };
}

export function configMap(name: string, resourceVersion: string, uid = name): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'ns', uid, resourceVersion } };
}

export function bookmark(resourceVersion: string, isEnd = false) {
  const annotations = isEnd ? { 'k8s.io/initial-events-end': 'true' } : {};
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { resourceVersion, annotations } };
}

export function start(
  answers: ((request: TransportRequest) => FakeAnswer)[],
  more: Partial<Pick<InformerOptions<ConfigMap>, 'resumes' | 'transform' | 'onNotServed' | 'onForbidden'>> = {},
) {
  const clock = newFakeClock();
  const transport = newFakeTransport((request, index) => {
    const answer = answers[index];
    if (!answer) throw new Error(`nothing is prepared for ${request.path}`);
    return answer(request);
  });
  const onConnectListeners = new Set<() => void>();
  const onConnect = (listener: () => void) => {
    onConnectListeners.add(listener);
    return () => onConnectListeners.delete(listener);
  };
  const connected = (): void => {
    for (const listener of onConnectListeners) listener();
  };
  const client = newKubeClient({ transport: { ...transport, onConnect }, clock });
  const informer = newInformer({ client, type: configMaps, clock, log: silentLogger, ...more });
  const told: string[] = [];
  informer.addHandler(({ object, previous, deleted }) => {
    const before = previous ? ` was ${previous.metadata.resourceVersion}` : '';
    told.push(`${deleted ? '-' : '+'}${keyOf(object)}@${object.metadata.resourceVersion}${before}`);
  });
  const stop = new AbortController();
  const running = informer.run(stop.signal);
  const asked = () => transport.requests.map(({ path }) => new URL(path, 'http://x').searchParams);
  return { clock, informer, told, stop, running, asked, connected };
}

export const refuseStream = (): FakeAnswer => ({
  status: 422,
  body: newInvalid({ resource: 'ListOptions' }, []).status,
});
export const unreachable = (): FakeAnswer => {
  throw new TransportError('unreachable');
};
export const broken = (): FakeAnswer => ({ status: 500, body: 'etcd is away' });
export const expired = (): FakeAnswer => ({ status: 410, body: newExpired('too old').status });
