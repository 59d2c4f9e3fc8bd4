/** Webhooks of a member that fail: each Work that meets one says so and goes on when it is over, and the others notice nothing. */

import { afterAll, beforeAll, describe, test } from 'vitest';
import { executionSpace } from '../../shared/apis/cluster/v1alpha1.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import { eventually } from '../framework/eventually.ts';
import { getWork } from '../framework/works.ts';
import { newWorld, type World } from '../framework/world.ts';
import { ensureBinaries } from './binaries.ts';
import { AGAIN_MS, type FailingMember, startFailingMember, startSilent, webhooks } from './failing-member.ts';
import { pickFreePorts } from './free-ports.ts';
import { startWebhook } from './webhook.ts';

const binaries = await ensureBinaries();

describe.runIf('dir' in binaries)('a member', () => {
  let world: World;
  let failing: FailingMember;

  beforeAll(async () => {
    world = await newWorld();
    failing = await startFailingMember(world, ['closed', 'hanging', 'denied']);
  });
  afterAll(() => world?.stop());

  test('whose webhook is not there refuses, and its Work names the webhook', async () => {
    const { member, configureWebhook, deliver, untilSaid, neighbourIsFine, recovers, remove } = failing;
    const [port = 0] = await pickFreePorts(1);
    await configureWebhook('closed', port);
    await deliver('closed');
    await untilSaid('closed', /ConfigMap closed\/closed: .*failed calling webhook "closed\.pullet\.test".*refused/);
    await neighbourIsFine('beside-closed');
    await member.client.delete(webhooks, { name: 'closed' });
    await recovers('closed');
    await remove('closed');
  });

  test('whose webhook hangs makes its Works wait, however many, and no others', async () => {
    const { member, configureWebhook, deliver, untilSaid, neighbourIsFine, recovers, remove } = failing;
    const { port } = await startSilent(world);
    await configureWebhook('hanging', port);
    await deliver('hanging', 40);
    await neighbourIsFine('beside-hanging');
    await untilSaid('hanging-0', /hanging\/hanging-0: .*failed calling webhook "hanging\.pullet\.test"/);
    await member.client.delete(webhooks, { name: 'hanging' });
    for (const name of ['hanging-0', 'hanging-39']) {
      await recovers(name);
      await remove(name);
    }
  });

  test('whose webhook says no is asked again until it says yes, and its Work repeats what it says', async () => {
    const { hub, configureWebhook, deliver, untilSaid, neighbourIsFine, recovers, remove } = failing;
    const webhook = await startWebhook();
    world.onStop('webhook', webhook.close);
    webhook.deny('not on Fridays');
    const rules = [
      { apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['CREATE', 'DELETE'] },
    ];
    const { clientConfig } = webhook;
    await configureWebhook('denied', 0, { clientConfig, rules });
    await deliver('denied');
    const words =
      /ConfigMap denied\/denied.*admission webhook "denied\.pullet\.test" denied the request: not on Fridays/;
    await untilSaid('denied', words);
    await neighbourIsFine('beside-denied');
    const before = webhook.asked();
    await eventually('it is asked again', () => webhook.asked() > before + 1, AGAIN_MS);
    webhook.deny(undefined);
    await recovers('denied');

    webhook.deny('not on Fridays');
    await remove('denied');
    await eventually('the Work says what its deletion waits for', async () => {
      const { status } = await getWork(hub, 'm1', 'denied');
      return status?.conditions?.some(({ type, message = '' }) => type === 'Progressing' && words.test(message));
    });
    webhook.deny(undefined);
    const isGone = async (): Promise<boolean> =>
      (await getIfPresent(hub.client, works, { name: 'denied', namespace: executionSpace('m1') })) === undefined;
    await eventually('the Work is gone', isGone, AGAIN_MS);
  });
});
