import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { newNotFound } from '../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../shared/apis/meta/v1.ts';
import { type Work, works } from '../../shared/apis/work/v1alpha1.ts';
import { newFakeClock } from '../../shared/controller/fake-clock.ts';
import { type FakeKube, newFakeKube } from '../../shared/controller/fake-kube.ts';
import { type FakeShell, newFakeShell } from '../fake-shell.ts';

/** The question that `pullet diff` puts, and those that killed ones have left. */

const NOW = Date.UTC(2026, 0, 1);
const SPACE = 'karmada-es-m1';
let hub: FakeKube;
let dir: string;
let asked: Unstructured | undefined;
let answer: object;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'pullet-diff-'));
  await writeFile(
    path.join(dir, 'a.yaml'),
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\n',
  );
  hub = newFakeKube();
  asked = undefined;
  answer = { conditions: [{ type: 'DryRun' }] };
  // The agent: it answers the moment it is looked for.
  hub.before = (request) => {
    if (!request.startsWith('get works') || asked) return;
    asked = hub.list('works.work.karmada.io').find(({ metadata }) => !metadata.name);
    if (asked) hub.put(works, { ...asked, status: answer } as unknown as Work);
  };
});

afterEach(() => rm(dir, { recursive: true }));

function putQuestion(name: string, expires: string | undefined, spec: object = { suspendDispatching: true }): void {
  const annotations = { 'pullet.io/dry-run': 'true', ...(expires ? { 'pullet.io/dry-run-expires': expires } : {}) };
  const metadata = { name, namespace: SPACE, labels: { 'pullet.io/dry-run': 'true' }, annotations };
  hub.put(works, { apiVersion: 'work.karmada.io/v1alpha1', kind: 'Work', metadata, spec } as Work);
}

const newShell = (): FakeShell => newFakeShell(hub.client, { clock: newFakeClock(NOW) });
const diff = (shell = newShell()): Promise<number> =>
  shell.pullet('diff', '-f', path.join(dir, 'a.yaml'), '--cluster', 'm1');

const left = (): string[] => hub.list('works.work.karmada.io').map(({ metadata }) => metadata.name ?? '');

test('its question says when nobody waits for the answer any more, and is taken away after it', async () => {
  expect(await diff()).toBe(0);
  const expires = Date.parse(asked?.metadata.annotations?.['pullet.io/dry-run-expires'] ?? '');
  expect(expires).toBeGreaterThan(NOW + 30_000);
  expect(left()).toEqual([]);
});

test('it takes away questions of others whose time is over, and nothing else', async () => {
  putQuestion('over', '2025-12-31T23:00:00Z');
  putQuestion('waiting', '2026-01-01T00:01:00Z');
  putQuestion('timeless', undefined);
  putQuestion('delivered', '2025-12-31T23:00:00Z', {});
  expect(await diff()).toBe(0);
  expect(left().sort()).toEqual(['delivered', 'timeless', 'waiting']);
});

test('it asks all the same where it may not look for them', async () => {
  const before = hub.before;
  hub.before = (request) => {
    if (request.startsWith('list works')) throw new Error('forbidden');
    before(request);
  };
  expect(await diff()).toBe(0);
});

test('what a cluster says of its objects does not command the terminal, nor pass for another line', async () => {
  const status = {
    result: 'Changed',
    message: 'a\nb',
    changes: [{ field: 'data.a', before: 'x\r\u001b[2J', after: '\u202ey' }],
  };
  const identifier = { ordinal: 0, kind: 'ConfigMap', namespace: 'default', name: 'a' };
  answer = { conditions: [{ type: 'DryRun' }], manifestStatuses: [{ identifier, status }] };
  const shell = newShell();
  expect(await diff(shell)).toBe(0);
  expect(shell.out).toBe('ConfigMap default/a would be changed: a\\nb\n  data.a\n  - x\\r^[[2J\n  + \\u202ey\n');
});

test('it says what would become of each object, in the order of the manifests', async () => {
  const told = (ordinal: number, status: object): object => ({
    ...{ identifier: { ordinal, kind: 'ConfigMap', namespace: 'default', name: `c${ordinal}` }, status },
  });
  const changes = [
    { field: '.data.a', before: '1', after: '2' },
    { field: '.data.b', after: { x: [1] } },
    { field: '.data.c', before: 'z' },
  ];
  const manifestStatuses = [
    told(3, { result: 'Refused', message: 'no' }),
    told(1, { result: 'Changed', changes }),
    told(0, { result: 'Unchanged', changes: [] }),
    told(2, { result: 'Created' }),
  ];
  answer = { conditions: [{ type: 'DryRun', message: 'more was left out' }], manifestStatuses };
  const shell = newShell();
  expect(await diff(shell)).toBe(0);
  expect(shell.out.split('\n')).toEqual([
    'ConfigMap default/c0 is as it should be',
    'ConfigMap default/c1 would be changed',
    ...['  .data.a', '  - 1', '  + 2', '  .data.b', '  + x:', '  +   - 1', '  .data.c', '  - z'],
    'ConfigMap default/c2 would be created',
    'ConfigMap default/c3 would be refused: no',
    'more was left out',
    '',
  ]);
});

test('it says which cluster is not there', async () => {
  hub.before = (request) => {
    if (request.startsWith('create works')) throw newNotFound({ resource: 'namespaces', name: SPACE });
  };
  const shell = newShell();
  expect(await diff(shell)).toBe(1);
  expect(shell.err).toContain('there is no cluster "m1" on this hub');
});

test.each([
  ['', 'standard input: no manifests in it'],
  ['a: b', 'standard input: a document has no apiVersion or kind'],
])('what is wrong with %j from standard input is said of that', async (text, words) => {
  const shell = newShell();
  shell.factory = { ...shell.factory, streams: { ...shell.factory.streams, in: async () => text } };
  expect(await shell.pullet('diff -f - --cluster m1')).toBe(1);
  expect(shell.err).toBe(`error: ${words}\n`);
});
