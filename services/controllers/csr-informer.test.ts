import { expect, test } from 'vitest';
import { certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import type { Informer } from '../../shared/controller/informer.ts';
import { newHubFixture } from './hub-fixture.ts';

/** A text that nobody reads, of the size that a request body may have. */
const LONG = 'x'.repeat(2_000_000);

test('no controller keeps what a joiner wrote into a certificate request', async () => {
  const hub = await newHubFixture();
  const { kube } = hub;
  const kept: Informer<never>[] = [];
  const { newInformer } = kube;
  kube.newInformer = (options) => {
    const informer = newInformer(options);
    kept.push(informer as unknown as Informer<never>);
    return informer;
  };
  await hub.start({ servesKarmada: true });
  kube.put(certificateSigningRequests, {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name: 'large', labels: { a: LONG }, annotations: { a: LONG } },
    spec: { request: LONG, signerName: 'example.com/foo', usages: [LONG], username: LONG, extra: { a: [LONG] } },
  } as never);
  const large = kept.flatMap(({ store }) => (store.get('large') ? [JSON.stringify(store.get('large'))] : []));
  expect(large).not.toEqual([]);
  for (const text of large) expect(text.length).toBeLessThan(1000);
  await hub.stop();
});
