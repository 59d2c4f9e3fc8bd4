import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AGENT_NAMESPACE } from '../shared/apis/cluster/v1alpha1.ts';
import { newHttpTransport } from '../shared/client/http2-transport.ts';
import { SERVICE_ACCOUNT_DIR } from '../shared/client/in-cluster.ts';
import { newKubeClient } from '../shared/client/kube-client.ts';
import { systemClock } from '../shared/controller/system-clock.ts';
import { type Flag, formatFlags, parseFlags } from '../shared/process/flags.ts';
import type { ProcessContext } from '../shared/process/program.ts';
import { memberTransport } from './connect.ts';
import { readAgentAccess } from './register/doctor/agent-access.ts';
import { checkAgentInMember } from './register/doctor/agent-in-member-checks.ts';
import { formatChecks } from './register/doctor/check.ts';
import { runDoctor } from './register/doctor/doctor.ts';

/** `pullet doctor` as the agent's image has it: the same checks from where the agent stands, with its own credentials. */

const TABLE: readonly Flag[] = [
  {
    name: 'karmada-kubeconfig',
    alias: 'hub-kubeconfig',
    type: 'string',
    value: 'FILE',
    default: '/etc/kubeconfig/karmada-kubeconfig',
    help: "The agent's kubeconfig file for the hub.",
    env: 'PULLET_AGENT_KARMADA_KUBECONFIG',
  },
  {
    name: 'karmada-context',
    alias: 'hub-context',
    type: 'string',
    value: 'NAME',
    help: 'Context of it; its current one by default.',
  },
  {
    name: 'kubeconfig',
    type: 'string',
    value: 'FILE',
    help: 'Kubeconfig file for the member; inside of a pod not needed.',
  },
  { name: 'context', type: 'string', value: 'NAME', help: 'Context of it; its current one by default.' },
  {
    name: 'namespace',
    short: 'n',
    type: 'string',
    value: 'NAMESPACE',
    help: "Namespace of the agent in the member; the pod's own by default, else karmada-system.",
  },
  { name: 'token', type: 'string', value: 'TOKEN', help: 'Bootstrap token to try.' },
  { name: 'discovery-token-ca-cert-hash', type: 'list', value: 'HASHES', help: "Pins of the hub's CA: sha256:<hex>." },
  { name: 'help', short: 'h', type: 'boolean', default: 'false', help: 'Print this.' },
];

const HELP = `Find out why the agent does not reach its hub, or can't do its work in the member.
Exits with 1 if anything has failed.

Usage:
  pullet doctor [flags]          in the agent's pod
  pullet agent doctor [flags]    elsewhere

Flags:
${formatFlags(TABLE)}`;

export async function runAgentDoctor(args: string[], { streams, env, signal }: ProcessContext): Promise<void> {
  const values = parseFlags(TABLE, args, env);
  if (values['help'] === true) return streams.out(HELP);
  const text = (name: string): string => String(values[name] ?? '');
  const pins = values['discovery-token-ca-cert-hash'];
  const joined = await readAgentAccess(text('karmada-kubeconfig'), text('karmada-context'));
  const namespace = text('namespace') || (await podNamespace()) || AGENT_NAMESPACE;
  const transport = await memberTransport({ memberKubeconfig: text('kubeconfig'), memberContext: text('context') });
  const member = newKubeClient({ transport: newHttpTransport({ ...transport, env }), userAgent: 'pullet-doctor' });
  try {
    const checks = await runDoctor(
      { ...joined, pins: Array.isArray(pins) ? pins : [], ...(text('token') ? { token: text('token') } : {}) },
      {
        newTransport: (to) => newHttpTransport({ ...to, env }),
        newClient: (to) => newKubeClient({ transport: to, userAgent: 'pullet-doctor' }),
        now: systemClock.now,
        env,
        checkMember: (aborted) => checkAgentInMember(member, namespace, aborted),
      },
      signal,
    );
    streams.out(formatChecks(checks));
    const bad = checks.filter(({ result }) => result === 'failed').length;
    if (bad > 0) throw new Error(`${bad} of ${checks.length} checks failed`);
  } finally {
    await member.close();
  }
}

async function podNamespace(): Promise<string> {
  return (await readFile(join(SERVICE_ACCOUNT_DIR, 'namespace'), 'utf8').catch(() => '')).trim();
}
