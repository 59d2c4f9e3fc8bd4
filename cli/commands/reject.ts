import { Command } from 'commander';
import { certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import { rfc3339 } from '../../shared/controller/conditions.ts';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, hubFlags } from '../flags.ts';
import { findPendingRequest } from '../pending-requests.ts';

/** `pullet reject`: a person refuses a cluster that wants to join; the joiner reads the reason. */

export interface RejectOptions {
  hub: HubFlags;
  name: string;
  reason: string;
}

const DEFAULT_REASON = 'an administrator of the hub has refused it';

export function newRejectCommand(factory: Factory): Command {
  const command = new Command('reject')
    .description('Refuse a cluster that waits for approval')
    .argument('<name>', 'name of the request or of the cluster')
    .option('--reason <text>', 'told to the joiner', DEFAULT_REASON)
    .addHelpText('after', '\nExamples:\n  pullet reject store17 --reason "not one of ours"');
  addHubFlags(command);
  return command.action(async (name: string, flags) =>
    runReject({ hub: hubFlags(flags), name, reason: flags.reason }, factory),
  );
}

export async function runReject({ hub, name, reason }: RejectOptions, factory: Factory): Promise<void> {
  const client = await factory.hubClient(hub);
  const request = await findPendingRequest(client, name);
  const time = rfc3339(factory.clock.now());
  const denied = { type: 'Denied', status: 'True', reason: 'Rejected', message: reason } as const;
  const conditions = [{ ...denied, lastUpdateTime: time, lastTransitionTime: time }];
  const decided = { ...request.csr, status: { ...request.csr.status, conditions } };
  await client.update(certificateSigningRequests, decided, { subresource: 'approval' });
  factory.streams.out(`request ${request.name} of cluster ${request.cluster} rejected\n`);
}
