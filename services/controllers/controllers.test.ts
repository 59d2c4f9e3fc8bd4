import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { namespaces } from '../../shared/apis/core/v1.ts';
import type { FakeClock } from '../../shared/controller/fake-clock.ts';
import type { FakeKube } from '../../shared/controller/fake-kube.ts';
import { type HubFixture, newHubFixture } from './hub-fixture.ts';

let hub: HubFixture;
let kube: FakeKube;
let clock: FakeClock;

beforeEach(async () => {
  hub = await newHubFixture();
  ({ kube, clock } = hub);
});
afterEach(() => hub.stop());

describe('on a real kube-apiserver', () => {
  test('namespaces, garbage and old requests are left to kube-controller-manager', async () => {
    await hub.start({ isEmbedded: false });
    await kube.client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
    await kube.client.delete(namespaces, { name: 'n' });
    await clock.advance(60_000);
    expect(kube.get('namespaces', 'n')).toBeDefined();
    expect(kube.requests.some((request) => request.startsWith('raw'))).toBe(false);
  });
});
