import { expect, test } from 'vitest';
import type { ConfigMap, Event } from '../apis/core/v1.ts';
import { newAlreadyExists, newForbidden, newNotFound } from '../apis/meta/status-error.ts';
import { newFakeTransport } from '../client/fake-transport.ts';
import { newKubeClient } from '../client/kube-client.ts';
import { newEventRecorder } from './event-recorder.ts';
import { newFakeClock } from './fake-clock.ts';
import { silentLogger } from './silent-logger.ts';

const object: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'ns', uid: 'u' } };
const text = { type: 'Warning', reason: 'Broken', message: 'it is' } as const;

function newRecorder(answer: (method: string) => { status?: number; body?: object } = () => ({})) {
  const clock = newFakeClock();
  const transport = newFakeTransport(({ method, body }) => ({
    body: JSON.parse(String(body || '{}')),
    ...answer(method),
  }));
  const client = newKubeClient({ transport, clock });
  const recorder = newEventRecorder({ client, component: 'me', clock, log: silentLogger });
  const sent = () =>
    transport.requests.map(({ method, body }) => [method, JSON.parse(String(body))] as [string, Event]);
  return { recorder, clock, sent };
}

test('an event says who, about what and when; the same again counts', async () => {
  const { recorder, sent } = newRecorder();
  recorder.record(object, text);
  recorder.record(object, text);
  await recorder.flush();
  const [[, first], [secondMethod, second]] = sent() as [[string, Event], [string, Event]];
  expect(first).toMatchObject({
    metadata: { namespace: 'ns' },
    involvedObject: { kind: 'ConfigMap', name: 'x', namespace: 'ns', uid: 'u' },
    source: { component: 'me' },
    count: 1,
    ...text,
  });
  expect([secondMethod, second.count]).toEqual(['PATCH', 2]);
});

test('those of cluster-scoped objects are in namespace default', async () => {
  const { recorder, sent } = newRecorder();
  recorder.record({ ...object, metadata: { name: 'x' } }, text);
  await recorder.flush();
  expect(sent()[0]?.[1].metadata.namespace).toBe('default');
});

test('one that expired meanwhile is said anew', async () => {
  const gone = { status: 404, body: newNotFound({ resource: 'events', name: 'x' }).status };
  const { recorder, sent } = newRecorder((method) => (method === 'PATCH' ? gone : {}));
  recorder.record(object, text);
  recorder.record(object, text);
  await recorder.flush();
  expect(sent().map(([method]) => method)).toEqual(['POST', 'PATCH', 'POST']);
});

test('one that was said before the process was started anew is counted on, without the right to read it', async () => {
  const taken = { status: 409, body: newAlreadyExists({ resource: 'events', name: 'x' }).status };
  const forbidden = { status: 403, body: newForbidden({ resource: 'events' }, 'no').status };
  const answers: Record<string, { status?: number; body?: object }> = {
    POST: taken,
    GET: forbidden,
    PATCH: { body: { kind: 'Event', count: 7 } },
  };
  const { recorder, sent } = newRecorder((method) => answers[method] ?? {});
  recorder.record(object, text);
  await recorder.flush();
  expect(sent().map(([method, { count }]) => [method, count])).toEqual([
    ['POST', 1],
    ['PATCH', undefined],
    ['PATCH', 8],
  ]);
});

test('one that is refused harms nobody', async () => {
  const { recorder } = newRecorder(() => ({ status: 403, body: newForbidden({ resource: 'events' }, 'no').status }));
  recorder.record(object, text);
  await recorder.flush();
});

test('an object about which too much is said is damped, and others are not', async () => {
  const { recorder, clock, sent } = newRecorder();
  for (let i = 0; i < 100; i++) recorder.record(object, { ...text, message: `${i}` });
  await recorder.flush();
  expect(sent()).toHaveLength(25);
  recorder.record({ ...object, metadata: { name: 'other', namespace: 'ns' } }, text);
  await recorder.flush();
  expect(sent()).toHaveLength(26);
  await clock.advance(5 * 60_000);
  recorder.record(object, text);
  recorder.record(object, text);
  await recorder.flush();
  expect(sent()).toHaveLength(27);
});

test('many about many objects are written some at once and the others one after the other; a line that is too long is not joined', async () => {
  const { recorder, clock, sent } = newRecorder();
  for (let i = 0; i < 1200; i++) recorder.record({ ...object, metadata: { name: `x${i}`, namespace: 'ns' } }, text);
  await clock.advance(0);
  await expect.poll(() => sent().length).toBe(50);
  await clock.advance(1000);
  await expect.poll(() => sent().length).toBe(70);
  const flushed = recorder.flush();
  for (let second = 0; second < 60; second++) await clock.advance(1000);
  await flushed;
  expect(sent()).toHaveLength(1000);
});
