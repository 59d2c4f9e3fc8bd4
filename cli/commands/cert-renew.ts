import { Command } from 'commander';
import { AGENT_NAMESPACE } from '../../shared/apis/cluster/v1alpha1.ts';
import { newHttpTransport } from '../../shared/client/http2-transport.ts';
import { newKubeClient } from '../../shared/client/kube-client.ts';
import { rfc3339 } from '../../shared/controller/conditions.ts';
import type { Factory, MemberFlags } from '../factory.ts';
import { collectList, durationOption } from '../flags.ts';
import { UsageError } from '../usage-error.ts';

/** `pullet cert renew`: brings back an agent whose certificate has ended or was revoked, without registering the cluster anew. */

const CERTIFICATE_SECONDS = 30 * 24 * 3600;

export interface CertRenewOptions {
  token: string;
  withNewKey: boolean;
  caCertHashes: string[];
  member: MemberFlags;
  /** Absent: the Secret in the member. */
  agentKubeconfig?: string;
  namespace: string;
  timeoutMs: number;
}

export function newCertRenewCommand(factory: Factory): Command {
  const command = new Command('renew')
    .description("Get a new certificate for an agent with a token, when it can't ask with its old one any more")
    .option('--token <token>', 'bootstrap token of the hub for the name of this cluster (required)')
    .option(
      '--new-key',
      'with a key of its own; needed after `pullet cert revoke`, with a token made with --replace',
      false,
    )
    .option(
      '--discovery-token-ca-cert-hash <hashes>',
      "pin of the hub's CA: sha256:<hex>; where the hub has another CA than the agent knows",
      collectList,
    )
    .option('--agent-kubeconfig <file>', "the agent's kubeconfig for the hub (default: its Secret in the member)")
    .option('--kubeconfig <file>', 'kubeconfig of the member (default: $KUBECONFIG, then ~/.kube/config)')
    .option('--context <name>', 'context of that kubeconfig (default: its current one)')
    .option('-n, --namespace <namespace>', 'namespace of the agent in the member', AGENT_NAMESPACE)
    .addOption(durationOption('--timeout <duration>', 'how long to wait for the hub', '5m'))
    .addHelpText(
      'after',
      `
Examples:
  # The certificate has ended while the agent was off
  pullet cert renew --token abcdef.0123456789abcdef --kubeconfig store17.kubeconfig

  # Its credential was revoked: on the hub, pullet token create --cluster-name store17 --replace
  pullet cert renew --token abcdef.0123456789abcdef --new-key --kubeconfig store17.kubeconfig`,
    );
  return command.action(async (flags) =>
    runCertRenew(
      {
        token: flags.token ?? '',
        withNewKey: flags.newKey,
        caCertHashes: flags.discoveryTokenCaCertHash ?? [],
        member: {
          ...(flags.kubeconfig ? { kubeconfig: flags.kubeconfig } : {}),
          ...(flags.context ? { context: flags.context } : {}),
        },
        ...(flags.agentKubeconfig ? { agentKubeconfig: flags.agentKubeconfig } : {}),
        namespace: flags.namespace,
        timeoutMs: flags.timeout,
      },
      factory,
    ),
  );
}

export async function runCertRenew(options: CertRenewOptions, factory: Factory): Promise<void> {
  if (options.token === '') throw new UsageError('token is required: `pullet token create` on the hub makes one');
  const { renewWithToken } = await import('../../agent/register/renew-with-token.ts');
  const { newFilePlace, newSecretPlace } = await import('../../agent/register/kubeconfig-place.ts');
  const member = await factory.memberClient(options.member);
  const { agentKubeconfig, token, withNewKey, caCertHashes, timeoutMs } = options;
  const { clusterName, notAfter } = await renewWithToken(
    {
      member,
      place: agentKubeconfig === undefined ? newSecretPlace(member, options.namespace) : newFilePlace(agentKubeconfig),
      newTransport: newHttpTransport,
      newClient: (transport) => newKubeClient({ transport, userAgent: 'pullet' }),
      print: (line) => factory.streams.err(`${line}\n`),
      clock: factory.clock,
    },
    { token, withNewKey, caCertHashes, timeoutMs, expirationSeconds: CERTIFICATE_SECONDS },
    factory.signal,
  );
  factory.streams.out(`the agent of cluster ${clusterName} has a certificate until ${rfc3339(notAfter)}\n`);
  factory.streams.err(
    'An agent that is running takes it up when it next looks: within 15 seconds where the hub refuses it, else within five minutes.\n',
  );
}
