import { Command } from 'commander';
import { certificateSigningRequests } from '../../shared/apis/certificates/v1.ts';
import { APPROVED_REQUEST_ANNOTATION } from '../../shared/apis/cluster/v1alpha1.ts';
import { shortHumanDuration } from '../../shared/apis/duration.ts';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, hubFlags } from '../flags.ts';
import { findPendingRequest, listPendingRequests, type PendingRequest } from '../pending-requests.ts';
import { formatTable } from '../printers/table.ts';

/** `pullet approve`: a person lets a cluster join. The hub then does what it does for every join: it claims the name and makes the rights first. */

export interface ApproveOptions {
  hub: HubFlags;
  /** Of the request or of the cluster; absent: list what waits. */
  name?: string;
}

export function newApproveCommand(factory: Factory): Command {
  const command = new Command('approve')
    .description('Let a cluster join that waits for it; without a name, list those that wait')
    .argument('[name]', 'name of the request or of the cluster')
    .addHelpText(
      'after',
      `
Compare the key with what the joiner shows before you approve it: \`pullet register\` prints it.

Examples:
  pullet approve
  pullet approve store17`,
    );
  addHubFlags(command);
  return command.action(async (name: string | undefined, flags) =>
    runApprove({ hub: hubFlags(flags), ...(name === undefined ? {} : { name }) }, factory),
  );
}

export async function runApprove({ hub, name }: ApproveOptions, factory: Factory): Promise<void> {
  const client = await factory.hubClient(hub);
  if (name === undefined) {
    list(await listPendingRequests(client), factory);
    return;
  }
  const request = await findPendingRequest(client, name);
  const { uid, resourceVersion } = request.csr.metadata;
  const patch = { metadata: { resourceVersion, annotations: { [APPROVED_REQUEST_ANNOTATION]: uid } } };
  await client.patch(certificateSigningRequests, { name: request.name }, { type: 'merge', patch });
  factory.streams.out(`request ${request.name} of cluster ${request.cluster} approved (key ${request.key})\n`);
}

function list(requests: PendingRequest[], { streams, clock }: Factory): void {
  if (requests.length === 0) {
    streams.err('No requests wait for approval.\n');
    return;
  }
  const headers = ['NAME', 'CLUSTER', 'AGE', 'REQUESTER', 'KEY', 'KUBE-SYSTEM UID'];
  const rows = requests.map(({ csr, name, cluster, requester, key, memberUid }) => [
    name,
    cluster,
    shortHumanDuration(clock.now() - Date.parse(csr.metadata.creationTimestamp ?? '')),
    requester,
    key,
    memberUid || '<none>',
  ]);
  streams.out(formatTable(headers, rows));
}
