import type { KeyObject } from 'node:crypto';
import {
  type CertificateSigningRequest,
  certificateSigningRequests,
  KUBE_APISERVER_CLIENT_SIGNER,
} from '../../shared/apis/certificates/v1.ts';
import {
  AGENT_ORGANIZATION,
  agentUser,
  MEMBER_UID_ANNOTATION,
  REQUEST_WAITS_ANNOTATION,
  SYSTEM_LABEL,
} from '../../shared/apis/cluster/v1alpha1.ts';
import { isAlreadyExists, isForbidden, isUnauthorized } from '../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { getIfPresent } from '../../shared/client/ensure-object.ts';
import { TransportError } from '../../shared/client/transport.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { randomCharacters } from '../../shared/pki/bootstrap-token.ts';
import { certificateMatchesKey, isIssuedBy, readCertificate } from '../../shared/pki/certificate-info.ts';
import { newCertificateRequest } from '../../shared/pki/certificate-request.ts';
import { pemBlocks } from '../../shared/pki/pem.ts';
import { RegisterError } from './register-options.ts';

/** Asks the hub for the agent's certificate, as the bearer of the token, and waits for it. The wire contract, section 2.4. */

export interface CertificateWish {
  clusterName: string;
  key: KeyObject;
  /** uid of the member's kube-system; not declared by a renewal. */
  memberUid?: string;
  expirationSeconds: number;
  /** The certificate must come from one of these. */
  caPem: string;
  timeoutMs: number;
  /** Of a join that may be run again: a word of its own, the same in each run, by which that goes on with the request of the one before. */
  join?: string;
  /** Absent: the agent of the cluster. */
  identity?: { user: string; requestPrefix: string };
}

const POLL_MS = 1000;
/** A hub that makes its answer at once is not waited for a whole second. */
const FIRST_POLLS_MS = [100, 200, 400];
/** After some three seconds: a hub that decides by itself has done so. */
const UNDECIDED_POLLS = 5;

interface Deps {
  hub: KubeClient;
  clock: Clock;
  print?: (line: string) => void;
}

export async function requestCertificate(deps: Deps, wish: CertificateWish, signal: AbortSignal): Promise<string> {
  const name = await post(deps, wish, signal);
  const deadline = deps.clock.now() + wish.timeoutMs;
  let told: string | undefined;
  for (let polls = 0; ; polls++) {
    const isLate = deps.clock.now() >= deadline;
    const csr = await look(deps.hub, name, isLate, signal);
    if (csr) throwIfRefused(csr);
    if (csr?.status?.certificate) return checked(csr.status.certificate, wish);
    if (csr && isLate) throw notInTime(csr, wish);
    const why = csr && (whyItWaits(csr) ?? (polls >= UNDECIDED_POLLS ? whoDecides(csr) : undefined));
    if (why && why !== told) deps.print?.(`Waiting: ${why}`);
    told = why ?? told;
    await sleep(deps.clock, FIRST_POLLS_MS[polls] ?? POLL_MS, signal);
    signal.throwIfAborted();
  }
}

/** Undefined where the hub could not be asked and there is time left: a person who is to approve has perhaps done so, and should not have to do it twice. */
async function look(
  hub: KubeClient,
  name: string,
  isLate: boolean,
  signal: AbortSignal,
): Promise<CertificateSigningRequest | undefined> {
  try {
    return await hub.get(certificateSigningRequests, { name }, { signal });
  } catch (error) {
    if (isLate || signal.aborted || !(error instanceof TransportError)) throw error;
    return undefined;
  }
}

/** The name of a request that is posted, or of the one of an earlier run: what a person has approved since is not to be approved again. */
async function post(deps: Deps, wish: CertificateWish, signal: AbortSignal): Promise<string> {
  const { hub } = deps;
  const name = `${wish.identity?.requestPrefix ?? `${wish.clusterName}-`}${wish.join ?? randomCharacters(5)}`;
  try {
    await hub.create(certificateSigningRequests, newRequest(name, wish), { signal });
    return name;
  } catch (error) {
    if (isAlreadyExists(error)) {
      if (wish.join !== undefined && (await isStillGood(deps, name, wish, signal))) return name;
      const { join: _taken, ...again } = wish;
      return await post(deps, again, signal);
    }
    if (isUnauthorized(error)) throw tokenNotAccepted(error);
    if (!isForbidden(error)) throw error;
    throw new RegisterError('the token may not ask for certificates on the hub', {
      cause: error,
      fix: 'Its groups have no such right. Make one without --groups: pullet token create --print-register-command',
    });
  }
}

export function tokenNotAccepted(cause: unknown): RegisterError {
  return new RegisterError(
    'the hub does not accept the token: it is unknown there, has expired, or is not for authentication',
    {
      cause,
      fix: 'Make a new one on the hub: pullet token create --print-register-command',
    },
  );
}

/** One that was refused, or whose certificate has ended, says nothing about a run of now. */
async function isStillGood(
  { hub, clock }: Deps,
  name: string,
  { key }: CertificateWish,
  signal: AbortSignal,
): Promise<boolean> {
  const csr = await getIfPresent(hub, certificateSigningRequests, { name }, signal);
  if (!csr || csr.status?.conditions?.some(({ type }) => type !== 'Approved')) return false;
  const [pem] = pemBlocks(Buffer.from(csr.status?.certificate ?? '', 'base64').toString(), 'CERTIFICATE');
  return pem === undefined || (certificateMatchesKey(pem, key) && readCertificate(pem).notAfter > clock.now());
}

function newRequest(name: string, wish: CertificateWish): CertificateSigningRequest {
  const subject = { commonName: userOf(wish), organizations: [AGENT_ORGANIZATION] };
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: {
      name,
      labels: { [SYSTEM_LABEL]: 'true' },
      ...(wish.memberUid === undefined ? {} : { annotations: { [MEMBER_UID_ANNOTATION]: wish.memberUid } }),
    },
    spec: {
      request: Buffer.from(newCertificateRequest(wish.key, subject)).toString('base64'),
      signerName: KUBE_APISERVER_CLIENT_SIGNER,
      expirationSeconds: wish.expirationSeconds,
      usages: ['digital signature', 'key encipherment', 'client auth'],
    },
  };
}

function userOf({ clusterName, identity }: CertificateWish): string {
  return identity?.user ?? agentUser(clusterName);
}

function throwIfRefused(csr: CertificateSigningRequest): void {
  const refusal = csr.status?.conditions?.find(({ type }) => type === 'Denied' || type === 'Failed');
  if (!refusal) return;
  throw new RegisterError(
    `the hub refused certificate request ${csr.metadata.name ?? ''} (${refusal.reason ?? refusal.type}): ${refusal.message ?? 'no reason was given'}`,
  );
}

function whyItWaits({ metadata }: CertificateSigningRequest): string | undefined {
  return metadata.annotations?.[REQUEST_WAITS_ANNOTATION];
}

function whoDecides({ metadata: { name = '' }, status }: CertificateSigningRequest): string | undefined {
  if (status?.conditions?.some(({ type }) => type === 'Approved')) return undefined;
  return `request ${name} is not approved yet; where a person decides, on the hub: pullet approve ${name}`;
}

function notInTime(csr: CertificateSigningRequest, wish: CertificateWish): RegisterError {
  const name = csr.metadata.name ?? '';
  const seconds = Math.round(wish.timeoutMs / 1000);
  const why = whyItWaits(csr);
  if (why) {
    const fix = 'When it is gone, run this command again.';
    return new RegisterError(`certificate request ${name} still waits after ${seconds} s: ${why}`, { fix });
  }
  const isApproved = csr.status?.conditions?.some(({ type }) => type === 'Approved') === true;
  const state = isApproved ? 'is approved, but nobody has signed it' : 'has not been approved';
  const fix = isApproved
    ? 'On the hub, check that a signer runs: the embedded hub signs by itself; on a real kube-apiserver kube-controller-manager does.'
    : `On the hub, look at it and approve it: pullet approve ${name}, on a Karmada control plane: kubectl certificate approve ${name}. Then run this command again.`;
  return new RegisterError(`certificate request ${name} ${state} after ${seconds} s`, { fix });
}

/** The chain as PEM, if its first certificate is for this key, this name, and from this hub. */
function checked(base64: string, wish: CertificateWish): string {
  const chain = Buffer.from(base64, 'base64').toString('utf8');
  const [pem] = pemBlocks(chain, 'CERTIFICATE');
  if (!pem) throw new RegisterError('the hub issued something that is no certificate');
  const { subject } = readCertificate(pem);
  if (!certificateMatchesKey(pem, wish.key) || subject.commonName !== userOf(wish)) {
    throw new RegisterError('the hub issued a certificate for another key or another name than was asked for');
  }
  // A chain with intermediates is the API server's to judge; a bare certificate must be from the CA that cluster-info named, if one is known.
  const issuers = pemBlocks(wish.caPem, 'CERTIFICATE');
  const isBare = pemBlocks(chain, 'CERTIFICATE').length === 1;
  if (isBare && issuers.length > 0 && !issuers.some((issuer) => isIssuedBy(pem, issuer))) {
    throw new RegisterError('the certificate that the hub issued is not from the CA that it named in cluster-info', {
      fix: 'The cluster that signs client certificates there has another CA. Where that is meant, put both CAs into cluster-info.',
    });
  }
  return chain;
}
