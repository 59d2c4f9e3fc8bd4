import type { HubMark } from '../../agent/work/inventory-record.ts';
import { decodeHead } from '../../agent/work/known-state.ts';
import { secrets } from '../../shared/apis/core/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';

/** What an agent has written down of its hub in the member. */
export async function keptMark(member: KubeClient): Promise<HubMark | undefined> {
  const { data } = await member.get(secrets, { namespace: 'karmada-system', name: 'pullet-state-head' });
  return (await decodeHead(Buffer.from(data?.['data'] ?? '', 'base64')))?.mark;
}
