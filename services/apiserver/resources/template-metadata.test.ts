import { expect, test } from 'vitest';
import type { ObjectMeta } from '../../../shared/apis/meta/v1.ts';
import { newFixture } from '../handlers/request-fixture.ts';

test.each<[string, object, string[]]>([
  ['labels', { labels: { a: 'b' } }, []],
  ['what is unset', { generation: 0, uid: '', creationTimestamp: null }, []],
  ['an empty list', { finalizers: [] }, ['finalizers']],
  ['no time to end in', { deletionGracePeriodSeconds: 0 }, ['deletionGracePeriodSeconds', '']],
])(
  'the claim of a volume may come to have %s or is refused as what it is',
  async (_, metadata: ObjectMeta, refused) => {
    const api = newFixture();
    await api.send({ verb: 'create', resource: 'namespaces', body: { metadata: { name: 'default' } } });
    const place = { resource: 'pods', namespace: 'default' };
    const pod = (of: ObjectMeta) => ({
      metadata: { name: 'p' },
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        volumes: [
          {
            name: 'v',
            ephemeral: {
              volumeClaimTemplate: {
                metadata: of,
                spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
              },
            },
          },
        ],
      },
    });
    const made = await api.send({ ...place, verb: 'create', query: { dryRun: 'All' }, body: pod(metadata) });
    expect(made.code, made.text).toBe(refused.length > 0 ? 422 : 201);
    await api.send({ ...place, verb: 'create', body: pod(metadata.labels ? metadata : {}) });
    const changed = await api.send({ ...place, verb: 'update', name: 'p', body: pod(metadata) });
    const fields = (JSON.parse(changed.text).details?.causes ?? []).map(({ field }: { field: string }) => field);
    const at = 'spec.volumes[0].ephemeral.volumeClaimTemplate.metadata';
    expect(fields).toEqual(refused.map((name) => (name === '' ? 'spec' : `${at}.${name}`)));
  },
);
