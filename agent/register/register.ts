import { createHash, type KeyObject } from 'node:crypto';
import { AGENT_NAMESPACE, CLUSTER_NAMESPACE } from '../../shared/apis/cluster/v1alpha1.ts';
import { namespaces } from '../../shared/apis/core/v1.ts';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { matchesAnyPin, spkiPin } from '../../shared/pki/ca-pin.ts';
import { certificateMatchesKey, readCertificate } from '../../shared/pki/certificate-info.ts';
import { privateKeyPem, publicKeyDer, readPrivateKey } from '../../shared/pki/private-key.ts';
import { withClockWords } from './clock-words.ts';
import { discoverCa } from './discovery.ts';
import { newFileJoinStore } from './file-join-store.ts';
import { type HubKubeconfig, parseHubKubeconfig, renderHubKubeconfig } from './hub-kubeconfig.ts';
import { agentObjects, hasFormerWorkload, installAgent, yamlOf } from './install-agent.ts';
import { type JoinStore, joinMark, newMemberJoinStore } from './join-progress.ts';
import { isKarmada, makeKarmadaRights } from './karmada-rights.ts';
import { asMember, tellingJoinStore } from './member-refusal.ts';
import { requireNoOtherAgent, requireValidName } from './preflight.ts';
import { proxyNote } from './proxy-note.ts';
import { hubAt, type RegisterDeps, RegisterError, type RegisterOptions } from './register-options.ts';
import { registerPlan } from './register-plan.ts';
import { requestCertificate } from './request-certificate.ts';

/**
 * Joins a member to a hub: proves the hub, asks it for the agent's certificate, and installs the agent (or, with `agentKubeconfigOut`, hands out what
 * it needs). The hub makes the rights; only on a Karmada control plane they are made here. May be stopped anywhere and run again with the same arguments.
 */
export async function register(
  options: RegisterOptions,
  deps: RegisterDeps,
  signal: AbortSignal,
): Promise<RegisterResult> {
  const { print } = deps;
  requireValidName(options.clusterName);
  requireImage(options);
  print('[preflight] Running pre-flight checks');
  const store = newJoinStore(options, deps);
  if (options.agentKubeconfigOut === undefined) {
    await asMember(() =>
      requireNoOtherAgent(deps.member, { namespace: options.namespace, mark: joinMark(options) }, signal),
    );
  }
  const memberUid = await asMember(() => readMemberUid(deps.member, signal));
  const known = await store.loadKubeconfig(signal);
  const manifests = options.agentKubeconfigOut === undefined ? await agentObjects(options, deps, signal) : [];
  print('[preflight] All pre-flight checks were passed');
  for (const line of proxyNote(options, deps.env ?? {})) print(line);
  if (options.isDryRun) {
    await tellPlan(options, deps, manifests, signal);
    return {};
  }
  const usable = usableKubeconfig(known, options, deps);
  if (!usable) {
    await obtainKubeconfig({ options, deps, store }, memberUid, signal).catch(async (error: unknown) => {
      throw await withClockWords(error, deps, hubAt(options), signal);
    });
  }
  if (usable && usable.proxyUrl !== options.proxyUrl) await store.saveKubeconfig(renderFor(options, usable), signal);
  if (options.agentKubeconfigOut === undefined) await installAgent(options, deps, manifests, signal);
  await store.finish(signal);
  print(`\ncluster(${options.clusterName}) is joined successfully`);
  if (options.output)
    print('Its agent starts when the manifests are applied in the member, where its credential is already.');
  if (options.agentKubeconfigOut === undefined) return {};
  const command = agentLine(options, deps);
  print(`\nStart its agent where it reaches the hub and the member:\n\n  ${command}`);
  return { agentLine: command };
}

export interface RegisterResult {
  /** The command line that starts the agent, where register installed none. */
  agentLine?: string;
}

function requireImage(options: RegisterOptions): void {
  if (options.agentKubeconfigOut !== undefined || options.agentImage) return;
  throw new RegisterError('--karmada-agent-image is required: no image of the agent is published yet', {
    fix: 'Build one and load it where the member can pull it, or run the agent outside the member with --agent-kubeconfig-out FILE.',
  });
}

function newJoinStore(options: RegisterOptions, deps: RegisterDeps): JoinStore {
  const { agentKubeconfigOut, clusterName, namespace } = options;
  if (agentKubeconfigOut !== undefined) return newFileJoinStore(agentKubeconfigOut, clusterName);
  return tellingJoinStore(newMemberJoinStore(deps.member, namespace, joinMark(options)));
}

async function readMemberUid(member: KubeClient, signal: AbortSignal): Promise<string> {
  const kubeSystem = await member.get(namespaces, { name: 'kube-system' }, { signal });
  return kubeSystem.metadata.uid ?? '';
}

/** An interrupted run's certificate, still good for this hub and name; not for one that was installed anew at the address since. */
function usableKubeconfig(
  text: string | undefined,
  options: RegisterOptions,
  deps: RegisterDeps,
): HubKubeconfig | undefined {
  const known = text === undefined ? undefined : parseHubKubeconfig(text);
  if (known?.clusterName !== options.clusterName || known.server !== hubAt(options).server) return undefined;
  const { caCertHashes } = options;
  if (caCertHashes.length > 0 && !matchesAnyPin(known.caPem, caCertHashes)) return undefined;
  const isValid = readCertificate(known.certPem).notAfter > deps.clock.now();
  return isValid && certificateMatchesKey(known.certPem, readPrivateKey(known.keyPem)) ? known : undefined;
}

function renderFor(options: RegisterOptions, held: Pick<HubKubeconfig, 'caPem' | 'certPem' | 'keyPem'>): string {
  const { caPem, certPem, keyPem } = held;
  return renderHubKubeconfig({ ...hubAt(options), clusterName: options.clusterName, caPem, certPem, keyPem });
}

async function obtainKubeconfig(
  { options, deps, store }: { options: RegisterOptions; deps: RegisterDeps; store: JoinStore },
  memberUid: string,
  signal: AbortSignal,
): Promise<void> {
  const { clusterName, timeoutMs } = options;
  const { server } = hubAt(options);
  const caPem = await discoverCa(deps, options, signal);
  deps.print('[karmada-agent-start] Waiting to perform the TLS Bootstrap');
  deps.print('[karmada-agent-start] Waiting to check cluster exists');
  deps.print('[karmada-agent-start] Assign the necessary RBAC permissions to the agent');
  deps.print('[karmada-agent-start] Waiting to construct karmada-agent kubeconfig');
  const key = await store.loadOrNewKey(signal);
  deps.print(`[karmada-agent-start] Key of this cluster: ${spkiPin(publicKeyDer(key))}`);
  const hub = deps.newClient(deps.newTransport({ ...hubAt(options), caPem, token: options.token }));
  try {
    if (await isKarmada(hub, signal)) {
      await makeKarmadaRights(deps, hub, { ...options, memberUid, server, caPem }, signal);
    }
    const expirationSeconds = options.certExpirationSeconds;
    const join = joinWord(key, memberUid, options);
    const wish = { clusterName, key, memberUid, expirationSeconds, caPem, timeoutMs, join };
    const certPem = await requestCertificate({ hub, clock: deps.clock, print: deps.print }, wish, signal);
    const keyPem = privateKeyPem(key);
    await store.saveKubeconfig(renderFor(options, { caPem, certPem, keyPem }), signal);
  } finally {
    await hub.close();
  }
}

/** Of this key and token, and of what else is asked with them; five characters, as names of such requests end with. */
function joinWord(key: KeyObject, memberUid: string, { token, certExpirationSeconds }: RegisterOptions): string {
  const [tokenId = ''] = token.split('.');
  const asked = [tokenId, memberUid, certExpirationSeconds].join(' ');
  const digest = createHash('sha256').update(publicKeyDer(key)).update(asked).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(-5);
}

async function tellPlan(
  options: RegisterOptions,
  deps: RegisterDeps,
  manifests: KubeObject[],
  signal: AbortSignal,
): Promise<void> {
  const isInMember = options.agentKubeconfigOut === undefined && options.output === undefined;
  const replaces = isInMember && (await hasFormerWorkload(options, deps.member, signal));
  for (const line of registerPlan(options, manifests, replaces)) deps.print(line);
  if (options.output === 'yaml') deps.out?.(yamlOf(manifests));
}

/** The line that starts the agent outside the member: its defaults are left out. */
function agentLine(options: RegisterOptions, deps: RegisterDeps): string {
  const zones = options.zones?.join(',');
  const flags: [string, string | undefined][] = [
    ['--cluster-name', options.clusterName],
    ['--hub-kubeconfig', options.agentKubeconfigOut],
    ['--kubeconfig', deps.memberKubeconfig],
    ['--context', deps.memberContext],
    ['--leader-elect-resource-namespace', options.namespace === AGENT_NAMESPACE ? undefined : options.namespace],
    ['--cluster-namespace', options.clusterNamespace === CLUSTER_NAMESPACE ? undefined : options.clusterNamespace],
    ['--cluster-provider', options.provider],
    ['--cluster-region', options.region],
    ['--cluster-zones', zones],
    ['--proxy-server-address', options.proxyServerAddress],
  ];
  const given = flags.filter((flag): flag is [string, string] => flag[1] !== undefined && flag[1] !== '');
  return ['pullet agent', ...given.map(([flag, value]) => `${flag} ${quoted(value)}`)].join(' ');
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
