import { parseBootstrapToken } from '../../../shared/apis/bootstrap/token.ts';
import { AGENT_USER_PREFIX, CLUSTER_GROUP } from '../../../shared/apis/cluster/v1alpha1.ts';
import { shortHumanDuration } from '../../../shared/apis/duration.ts';
import { readCertificate } from '../../../shared/pki/certificate-info.ts';
import type { ClientCertificate } from '../hub-credentials.ts';
import { hubAt } from '../register-options.ts';
import { type Check, failed, ok, reasonOf, skipped, warning } from './check.ts';
import {
  caOf,
  checkAccess,
  checkClock,
  checkPin,
  checkSignature,
  checkToken,
  checkTrust,
  type HubDeps,
  readClusterInfo,
} from './hub-checks.ts';
import { checkName, checkTcp, checkTls, type Endpoint, issuerOf, noNetwork, parseEndpoint } from './network-checks.ts';
import { checkProxy } from './proxy-check.ts';

/** The conditions of joining, and of staying joined, looked at one after another; each says what is wrong, where, and what to do. */

export interface DoctorOptions {
  /** `host:port` of the hub. */
  hubEndpoint: string;
  /** On the way to the hub; absent: as the environment says. */
  proxyUrl?: string;
  pins: readonly string[];
  /** `<id>.<secret>`; a secret. */
  token?: string;
  /** Of an agent that has joined: its certificate, and the CA that it trusts. */
  agent?: { certificate: ClientCertificate; caPem: string };
}

export interface DoctorDeps extends HubDeps {
  /** As who installs an agent there, or as the agent. */
  checkMember?(signal: AbortSignal): Promise<Check[]>;
  env: Readonly<Record<string, string | undefined>>;
}

export async function runDoctor(options: DoctorOptions, deps: DoctorDeps, signal: AbortSignal): Promise<Check[]> {
  const network = await checkNetwork(options, deps, signal);
  const hub = network.isReached
    ? await checkHub(options, deps, network.issuer, signal)
    : [...['clock', 'trust', 'pin', 'token'].map(noNetwork), ...agentAlone(options, deps)];
  const member = (await deps.checkMember?.(signal)) ?? [
    skipped('rights in the member', 'no kubeconfig of a member was given (--kubeconfig)'),
  ];
  return [...network.checks, ...hub, ...member];
}

/** What can be said of an agent where its hub does not answer. */
function agentAlone({ agent }: DoctorOptions, { now }: DoctorDeps): Check[] {
  return agent ? [checkCertificate(agent, now()), noNetwork(RIGHTS)] : [];
}

interface NetworkResult {
  checks: Check[];
  isReached: boolean;
  issuer: string;
}

async function checkNetwork(
  options: DoctorOptions,
  { env, now }: DoctorDeps,
  signal: AbortSignal,
): Promise<NetworkResult> {
  const endpoint = parseEndpoint(options.hubEndpoint);
  const caPem = options.agent?.caPem;
  const to = { ...hubAt(options), ...(caPem ? { caPem } : {}) };
  const { check: proxyCheck, proxy, tunnel } = await checkProxy(endpoint, to, { env, signal });
  const checks = [proxyCheck, ...(proxy ? [] : await checkStraightWay(endpoint))];
  if (checks.some(({ result }) => result === 'failed')) return { checks, isReached: false, issuer: '' };
  const { check, certificate } = await checkTls(endpoint, now(), tunnel);
  checks.push(check);
  return { checks, isReached: certificate !== undefined, issuer: certificate ? issuerOf(certificate) : '' };
}

async function checkStraightWay(endpoint: Endpoint): Promise<Check[]> {
  const name = await checkName(endpoint);
  return name.result === 'failed' ? [name] : [name, await checkTcp(endpoint)];
}

async function checkHub(
  options: DoctorOptions,
  deps: DoctorDeps,
  issuer: string,
  signal: AbortSignal,
): Promise<Check[]> {
  const hub = hubAt(options);
  const clock = await checkClock(deps, hub, signal);
  const info = await readClusterInfo(deps, { ...hub, insecureSkipTlsVerify: true }, signal);
  if (info instanceof Error) {
    const fix = 'Is it a hub? Anonymous clients must be able to read kube-public/cluster-info there.';
    return [clock, failed('cluster-info', reasonOf(info), fix), ...(await checkAgent(options, deps, signal))];
  }
  const caPem = caOf(info);
  if (!caPem) return [clock, failed('cluster-info', 'it names no CA', 'Restart the hub: it writes cluster-info anew.')];
  const pin = checkPin(caPem, options.pins);
  const trust = await checkTrust(deps, { ...hub, caPem }, issuer, signal);
  const checks = [clock, pin, trust];
  const isTrusted = pin.result !== 'failed' && trust.result === 'ok';
  return [
    ...checks,
    ...(await checkTokenOf(options, deps, { info, caPem, isTrusted }, signal)),
    ...(await checkAgent(options, deps, signal)),
  ];
}

type ClusterInfo = Exclude<Awaited<ReturnType<typeof readClusterInfo>>, Error>;

/** The secret goes nowhere that the pin or the signature does not vouch for. */
async function checkTokenOf(
  options: DoctorOptions,
  deps: DoctorDeps,
  { info, caPem, isTrusted }: { info: ClusterInfo; caPem: string; isTrusted: boolean },
  signal: AbortSignal,
): Promise<Check[]> {
  if (options.token === undefined) return [skipped('token', 'none was given (--token)')];
  const token = parseBootstrapToken(options.token);
  const shape = 'Copy it whole: six characters, a dot, sixteen characters.';
  if (!token) return [failed('token', 'it does not have the form of a token', shape)];
  const signature = checkSignature(info, token);
  if (!isTrusted || signature.result !== 'ok') return [signature, skipped('token', 'not sent: see above')];
  return [signature, await checkToken(deps, { ...hubAt(options), caPem, token: options.token }, signal)];
}

const RENEW =
  'Have a token made on the hub, pullet token create --cluster-name NAME --replace, and with it: pullet cert renew --new-key --token TOKEN';
const ENDED =
  'Make a token for its name on the hub, pullet token create --cluster-name NAME, and with that: pullet cert renew --token TOKEN';
const UNTRUSTED =
  'The agent trusts another CA than that of the hub. If the hub was given a new one while the agent was away: pullet cert renew --token TOKEN --discovery-token-ca-cert-hash HASH. Otherwise another hub answers at this address.';
const NOT_AN_AGENTS =
  'Give the kubeconfig of the agent itself: the file that register wrote with --agent-kubeconfig-out, or what its Secret karmada-kubeconfig in the member holds.';
const SOON_SHARE = 0.2;

async function checkAgent(options: DoctorOptions, deps: DoctorDeps, signal: AbortSignal): Promise<Check[]> {
  const { agent } = options;
  if (!agent) return [];
  const certificate = checkCertificate(agent, deps.now());
  if (certificate.result === 'failed') return [certificate];
  const { certPem, keyPem } = agent.certificate;
  const cluster = readCertificate(certPem).subject.commonName.slice(AGENT_USER_PREFIX.length);
  const wanted = { resource: 'clusters', group: CLUSTER_GROUP, verb: 'get', object: cluster };
  const transport = { ...hubAt(options), caPem: agent.caPem, certPem, keyPem };
  const what = { name: RIGHTS, ...wanted, fix: RENEW, untrusted: UNTRUSTED };
  return [certificate, await checkAccess(deps, transport, what, signal)];
}

const RIGHTS = "the agent's rights";

/** For this no hub is needed. */
function checkCertificate({ certificate: { certPem } }: NonNullable<DoctorOptions['agent']>, nowMs: number): Check {
  const { notBefore, notAfter, subject } = readCertificate(certPem);
  const leftMs = notAfter - nowMs;
  const name = "the agent's certificate";
  if (!subject.commonName.startsWith(AGENT_USER_PREFIX))
    return failed(name, `it is of "${subject.commonName}", who is no agent`, NOT_AN_AGENTS);
  if (leftMs <= 0) return failed(name, `it ended at ${new Date(notAfter).toISOString()}`, ENDED);
  const left = `it lasts ${shortHumanDuration(leftMs)} more`;
  if (leftMs >= (notAfter - notBefore) * SOON_SHARE) return ok(name, left);
  const fix = "Look at the agent's log, and at the condition CertificateRotated of its Cluster.";
  return warning(name, `${left} and should have been renewed`, fix);
}
