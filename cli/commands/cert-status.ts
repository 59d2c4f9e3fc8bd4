import { Command } from 'commander';
import { type AgentKey, agentKeyState } from '../../shared/apis/cluster/agent-keys.ts';
import {
  type Cluster,
  CONDITION_CERTIFICATE_EXPIRING,
  CONDITION_CERTIFICATE_ROTATED,
  clusters,
} from '../../shared/apis/cluster/v1alpha1.ts';
import { shortHumanDuration } from '../../shared/apis/duration.ts';
import type { Condition } from '../../shared/apis/meta/v1.ts';
import { fetchAgentKeys, fetchCurrentKey } from '../../shared/client/agent-keys.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import { loadKubeconfig } from '../../shared/client/kubeconfig.ts';
import { rfc3339 } from '../../shared/controller/conditions.ts';
import { spkiPin } from '../../shared/pki/ca-pin.ts';
import { readCertificate } from '../../shared/pki/certificate-info.ts';
import { publicKeyDer, readPrivateKey } from '../../shared/pki/private-key.ts';
import type { Factory, HubFlags } from '../factory.ts';
import { addHubFlags, hubFlags } from '../flags.ts';
import { formatTable } from '../printers/table.ts';
import { UsageError } from '../usage-error.ts';

/** `pullet cert status`: the keys that the hub has certified for a cluster, or the certificate in an agent's kubeconfig. */

export interface CertStatusOptions {
  hub: HubFlags;
  cluster?: string;
  agentKubeconfig?: string;
}

const HEADERS = ['KEY', 'STATE', 'EXPIRES', 'LEFT'];

export function newCertStatusCommand(factory: Factory): Command {
  const command = new Command('status')
    .description("Say how long an agent's certificate lasts")
    .argument('[cluster]', 'name of the cluster, to ask the hub')
    .option('--agent-kubeconfig <file>', "look into this kubeconfig of an agent's instead")
    .addHelpText(
      'after',
      `
Examples:
  pullet cert status store17
  pullet cert status --agent-kubeconfig store17-agent.kubeconfig`,
    );
  addHubFlags(command);
  return command.action(async (cluster: string | undefined, flags) =>
    runCertStatus(
      {
        hub: hubFlags(flags),
        ...(cluster === undefined ? {} : { cluster }),
        ...(flags.agentKubeconfig === undefined ? {} : { agentKubeconfig: flags.agentKubeconfig }),
      },
      factory,
    ),
  );
}

export async function runCertStatus(options: CertStatusOptions, factory: Factory): Promise<void> {
  const { cluster, agentKubeconfig } = options;
  if ((cluster === undefined) === (agentKubeconfig === undefined)) {
    throw new UsageError('give the name of a cluster, or --agent-kubeconfig FILE');
  }
  const now = factory.clock.now();
  const { rows, notes } =
    cluster === undefined
      ? { rows: [await rowOfFile(agentKubeconfig ?? '', now)], notes: [] }
      : await answerOfHub(await factory.hubClient(options.hub), cluster, factory);
  factory.streams.out(formatTable(HEADERS, rows) + notes.map((note) => `${note}\n`).join(''));
}

async function rowOfFile(path: string, now: number): Promise<string[]> {
  const { certPem, keyPem } = (await loadKubeconfig({ path })).transport;
  if (!certPem || !keyPem) throw new Error(`${path}: the user of its current context has no client certificate`);
  const { notBefore, notAfter } = readCertificate(certPem);
  const state = notAfter <= now ? 'expired' : notBefore > now ? 'not valid yet: look at the clocks' : 'valid';
  return newRow(spkiPin(publicKeyDer(readPrivateKey(keyPem))), state, notAfter, now);
}

interface Answer {
  rows: string[][];
  notes: string[];
}

async function answerOfHub(client: KubeClient, cluster: string, { clock, signal }: Factory): Promise<Answer> {
  const now = clock.now();
  const keys = Object.entries((await fetchAgentKeys(client, cluster, signal)).keys);
  if (keys.length === 0) throw new Error(`the hub has certified no agent of cluster "${cluster}"`);
  const current = await fetchCurrentKey(client, cluster, signal);
  const byEnd = keys.sort(([, a], [, b]) => b.until - a.until);
  const rows = byEnd.map(([pin, key]) =>
    newRow(pin, agentKeyState(key, { isCurrent: pin === current, now }), key.until, now),
  );
  const notes = byEnd
    .flatMap(([pin, key]) => (pin === current ? limitNote(key) : []))
    .concat(conditionNotes(await getIfPresent(client, clusters, { name: cluster }, signal)));
  return { rows, notes };
}

/** Signers round, and backdate. */
const SAME_MS = 10 * 60_000;

/** Where another signer's limit holds, and not what was asked for. */
function limitNote({ asked, issued }: AgentKey): string[] {
  if (asked === undefined || !issued || Math.abs(asked - issued.until) < SAME_MS) return [];
  const [given, wanted] = [issued.until - issued.from, asked - issued.from].map((ms) => shortHumanDuration(ms));
  const [how, more] =
    issued.until < asked
      ? ['shorter', 'its limit holds (kube-controller-manager: --cluster-signing-duration)']
      : ['longer', 'it does not heed what it is asked for'];
  return [`The signer made the certificate ${how} than was asked for, ${given} instead of ${wanted}: ${more}.`];
}

/** What agent and hub say of it that somebody has to do something about. */
function conditionNotes(cluster: Cluster | undefined): string[] {
  const conditions = (cluster?.status?.conditions ?? []) as Condition[];
  const failed = conditions.filter(({ type, status }) => type === CONDITION_CERTIFICATE_ROTATED && status === 'False');
  const told = conditions.filter(
    ({ type, status, reason }) => type === CONDITION_CERTIFICATE_EXPIRING && (status === 'True' || reason === 'NotYet'),
  );
  return [...failed, ...told].map(({ type, message }) => `${type}: ${message}`);
}

function newRow(pin: string, state: string, end: number, now: number): string[] {
  return [pin, state, rfc3339(end), end <= now ? '<none>' : shortHumanDuration(end - now)];
}
