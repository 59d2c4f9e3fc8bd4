import { clusters } from '../../shared/apis/cluster/v1alpha1.ts';
import type { ResourceType } from '../../shared/apis/resource-type.ts';
import { works } from '../../shared/apis/work/v1alpha1.ts';
import { runGet } from '../commands/get.ts';
import type { Factory } from '../factory.ts';
import { printServerTable, type ServerTable } from '../printers/server-table.ts';
import type { HubAccess, Member } from './demo.ts';
import { SAMPLE_DEPLOYMENT, SAMPLE_NAMESPACE } from './sample-work.ts';

/** What a user would see in a second terminal, and what to type there. */

export interface Summary {
  hub: HubAccess;
  members: Member[];
  /** A folder that stays when the demo ends. */
  keptIn?: string;
  staysUp: boolean;
}

export async function printSummary(summary: Summary, factory: Factory): Promise<void> {
  await printGet(summary.hub, clusters, 'pullet get clusters', factory);
  await printGet(summary.hub, works, 'pullet get works -A', factory);
  for (const member of summary.members) await printDeployments(member, factory);
  if (summary.staysUp) printNextSteps(summary, factory);
}

async function printGet(hub: HubAccess, type: ResourceType, command: string, factory: Factory): Promise<void> {
  factory.streams.out(`\n$ ${command}\n`);
  const options = { hub: { kubeconfig: hub.adminKubeconfig }, type, names: [], allNamespaces: true, noHeaders: false };
  await runGet(options, factory);
}

async function printDeployments({ kubeconfig }: Member, factory: Factory): Promise<void> {
  const client = await factory.memberClient({ kubeconfig });
  factory.streams.out(`\n$ kubectl --kubeconfig ${kubeconfig} get deployments -n ${SAMPLE_NAMESPACE}\n`);
  const path = `/apis/apps/v1/namespaces/${SAMPLE_NAMESPACE}/deployments`;
  const headers = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' };
  const table = JSON.parse(await client.raw({ method: 'GET', path, headers })) as ServerTable;
  factory.streams.out(printServerTable(table, { wide: false, withNamespace: false, noHeaders: false }));
}

function printNextSteps({ hub, members, keptIn }: Summary, { env, streams }: Factory): void {
  const first = members[0];
  // `npm start` puts nothing on anybody's PATH.
  const pullet = env['npm_lifecycle_event'] ? 'bin/pullet' : 'pullet';
  const lines = [
    '',
    'Try in a second terminal:',
    `  export KUBECONFIG=${hub.adminKubeconfig}`,
    '  kubectl get clusters -o wide',
    `  ${pullet} describe work ${SAMPLE_DEPLOYMENT} --cluster ${first?.name}`,
    `  kubectl --kubeconfig ${first?.kubeconfig} scale deployment -n ${SAMPLE_NAMESPACE} ${SAMPLE_DEPLOYMENT} --replicas=5   # undone within seconds`,
    `  kubectl delete work -n karmada-es-${first?.name} ${SAMPLE_DEPLOYMENT}                         # gone from the member too`,
    `  ${pullet} token create --print-register-command                      # let another cluster in`,
    '',
    keptIn ? `Ctrl-C stops everything; ${keptIn} stays.` : 'Ctrl-C stops everything and leaves nothing behind.',
    '',
  ];
  streams.out(lines.join('\n'));
}
