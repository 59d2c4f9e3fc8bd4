import { isKarmadaControlPlane } from '../services/install/karmada-control-plane.ts';
import type { KubeClient } from '../shared/client/client.ts';
import { userExecPolicy } from '../shared/client/exec-policy.ts';
import { parseKubeconfig } from '../shared/client/kubeconfig-file.ts';
import { kubeconfigUser } from '../shared/client/kubeconfig-user.ts';
import { accessFromStored, flattenKubeconfig } from '../shared/client/stored-kubeconfig.ts';
import type { Factory, MemberFlags } from './factory.ts';
import type { HubCredentials } from './push-cluster.ts';
import { memberId, requireEverything } from './verify-member.ts';

/** A kubeconfig that the hub is to keep and use itself, tried as the hub will use it. */

export const CREDENTIALS_KINDS = ['service-account', 'kubeconfig'] as const;
export type CredentialsKind = (typeof CREDENTIALS_KINDS)[number];
export const CREDENTIALS_HELP =
  'what the hub gets: the token of a service-account that is made in the member, or the kubeconfig itself, whose program the hub then runs (see --allowed-exec-plugins of pullet hub)';

/**
 * With every file that it names put into it. `at` is where the hub looks for the member, where that is not what the kubeconfig says. Throws, in words, if it can't be used,
 * is of another cluster than `id`, or its user may not do everything.
 */
export async function verifiedKubeconfig(
  { kubeconfig: path, context }: MemberFlags,
  factory: Factory,
  expected: { at?: string; id?: string } = {},
): Promise<HubCredentials> {
  const text = await flattenKubeconfig({ ...(path ? { path } : {}), ...(context ? { context } : {}) });
  const access = await accessFromStored(text, path ?? 'the kubeconfig', userExecPolicy);
  const { transport, clusterName } = access;
  const server = expected.at ?? transport.server;
  const client = factory.clientFor({ ...transport, server });
  const { caPem = '' } = transport;
  const id = await memberId(client, { server, clusterName, caPem, user: kubeconfigUser(access) }, factory.clock);
  if (expected.id !== undefined && expected.id !== id) throw new Error(anotherCluster(expected.id, id));
  await requireEverything(client, { server });
  const command = programOf(text);
  if (server !== transport.server) factory.streams.err(anotherAddress(server, transport.server));
  if (command)
    factory.streams.err(`note: the hub runs ${command} for this: start it with --allowed-exec-plugins=${command}\n`);
  return { data: { kubeconfig: Buffer.from(text, 'utf8').toString('base64') } };
}

function anotherAddress(at: string, named: string): string {
  return `note: the hub goes on to dial ${at}, which its Cluster names, and not ${named} of the kubeconfig\n`;
}

/** Throws where Karmada's controllers would read the Secret, which know a token alone. */
export async function refuseKubeconfigForKarmada(hub: KubeClient): Promise<void> {
  if (!(await isKarmadaControlPlane(hub))) return;
  throw new Error(
    'this is a Karmada control plane, which reaches clusters by tokens alone: take --credentials service-account',
  );
}

export function anotherCluster(expected: string, found: string): string {
  return `the kubeconfig is of another cluster: its kube-system has the uid ${found}, and that of the registered one is ${expected}`;
}

function programOf(text: string): string | undefined {
  const [user] = parseKubeconfig(text, 'kubeconfig').users.values();
  return user?.exec?.command;
}
