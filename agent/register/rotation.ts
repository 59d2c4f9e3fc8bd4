import type { KubeClient } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { rfc3339 } from '../../shared/controller/conditions.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { type CertificateInfo, readCertificate } from '../../shared/pki/certificate-info.ts';
import { newKey, privateKeyPem } from '../../shared/pki/private-key.ts';
import type { HubCredentials } from './hub-credentials.ts';
import { withCertificate } from './kubeconfig-edit.ts';
import { hubCredentialIn, type KubeconfigPlace } from './kubeconfig-place.ts';
import { requestCertificate } from './request-certificate.ts';
import { isOfFormerAuthority, type RotationRequest } from './rotation-reasons.ts';

/**
 * Keeps an agent's certificate young. Every replica takes up what another has stored; the leader asks the hub for the next one, with a new key and as itself,
 * long before the end, stores it, and only then goes on with it. The wire contract, section 4, on `certRotation`.
 */

export interface RotationDeps {
  hub: KubeClient;
  credentials: HubCredentials;
  place: KubeconfigPlace;
  /** What an administrator of the hub asks for. */
  request: RotationRequest;
  /** The hub does not take what the agent has: somebody may be about to store something better. */
  isCutOff(): boolean;
  clock: Clock;
  log: Logger;
  /** Tells others how it stands: the Cluster's condition, the metrics. Must not throw. */
  tell(state: RotationState, signal: AbortSignal): Promise<void>;
  random?: () => number;
}

export interface RotationOptions {
  clusterName: string;
  /** Of the hub's kubeconfig; its current one if absent. */
  context?: string;
  /** How often it is looked at. */
  checkEveryMs: number;
  /** The part of the certificate's life that must be left, between 0 and 1. */
  remaining: number;
}

export interface RotationState {
  /** Of the certificate that is used now; milliseconds since the epoch. */
  notAfter: number;
  /** Why the last try to renew it came to nothing. */
  failure?: string;
  hasRotated: boolean;
}

const REQUEST_TIMEOUT_MS = 5 * 60_000;
/** Spread over the last quarter of the time before it is due, so that a fleet that joined together doesn't come back together. */
const SPREAD = 0.25;
const RETRY_FIRST_MS = 60_000;
const RETRY_MAX_MS = 3600_000;
/** Between two looks for what somebody stores for an agent that is cut off. To look costs the member little, and the hub nothing. */
const CUT_OFF_LOOK_MS = 15_000;

/** When a certificate is renewed: `remaining` of its life before the end, or up to a quarter of the time until then earlier. `spread` is in [0, 1). */
export function rotationTime(certificate: CertificateInfo, remaining: number, spread: number): number {
  const { notBefore, notAfter } = certificate;
  return notBefore + (notAfter - notBefore) * (1 - remaining) * (1 - SPREAD * spread);
}

/** Every replica: takes up a certificate that somebody stored, if it is younger than the one in use. Runs until `signal` aborts. */
export async function followStoredCertificate(
  deps: RotationDeps,
  options: RotationOptions,
  signal: AbortSignal,
): Promise<void> {
  const { clock, random = Math.random } = deps;
  let lookedMs = clock.monotonic();
  while (!signal.aborted) {
    await sleep(clock, Math.min(options.checkEveryMs, CUT_OFF_LOOK_MS * (1 - SPREAD * random())), signal);
    if (signal.aborted) return;
    if (!deps.isCutOff() && clock.monotonic() - lookedMs < options.checkEveryMs) continue;
    lookedMs = clock.monotonic();
    try {
      await adoptStored(deps, options, signal);
    } catch (error) {
      if (!signal.aborted)
        deps.log.warn({ err: error }, `could not look for a newer certificate in ${deps.place.name}`);
    }
  }
}

/** The leader: renews the certificate when it is due or asked for. Runs until `signal` aborts. */
export async function keepRotating(deps: RotationDeps, options: RotationOptions, signal: AbortSignal): Promise<void> {
  const { clock, credentials, request, random = Math.random } = deps;
  const due = newDueFinder(deps, options);
  let [spread, failures] = [random(), 0];
  while (!signal.aborted) {
    const { reason, leftMs } = due.find(spread);
    if (!reason) {
      await sleep(clock, Math.min(leftMs, options.checkEveryMs), signal, request.subscribe);
      continue;
    }
    deps.log.info({ reason }, "the agent's certificate is to be renewed");
    const failure = await tryToRotate(deps, options, signal);
    if (signal.aborted) return;
    if (failure === undefined) due.renewed();
    failures = failure === undefined ? 0 : failures + 1;
    spread = random();
    const { notAfter } = readCertificate(credentials.current().certPem);
    await deps.tell({ notAfter, hasRotated: failure === undefined, ...(failure ? { failure } : {}) }, signal);
    await sleep(clock, failure ? retryIn(failures, spread) : Math.min(options.checkEveryMs, RETRY_FIRST_MS), signal);
  }
}

interface DueFinder {
  find(spread: number): { reason?: string; leftMs: number };
  renewed(): void;
}

/** A signer that goes on with a former authority is asked once, and not for ever. */
function newDueFinder({ clock, credentials, request }: RotationDeps, { remaining }: RotationOptions): DueFinder {
  let askedOf: string | undefined;
  return {
    find: (spread) => {
      const { certPem } = credentials.current();
      const leftMs = rotationTime(readCertificate(certPem), remaining, spread) - clock.now();
      if (leftMs <= 0) return { reason: 'its time has come', leftMs };
      if (request.isFor(credentials.current())) return { reason: 'the hub asks for it', leftMs };
      const bundle = credentials.trusted() ?? '';
      if (bundle === askedOf || !isOfFormerAuthority(certPem, bundle)) return { leftMs };
      return { reason: "the hub's certificates come from another authority now", leftMs };
    },
    renewed: () => {
      askedOf = credentials.trusted() ?? '';
    },
  };
}

function retryIn(failures: number, spread: number): number {
  return Math.min(RETRY_FIRST_MS * 2 ** (failures - 1), RETRY_MAX_MS) * (1 - SPREAD * spread);
}

/** Why it came to nothing, or undefined. */
async function tryToRotate(
  deps: RotationDeps,
  options: RotationOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    if (!(await adoptStored(deps, options, signal))) await rotate(deps, options, signal);
    return undefined;
  } catch (error) {
    const { notAfter } = readCertificate(deps.credentials.current().certPem);
    const ends = rfc3339(notAfter);
    deps.log.error({ err: error, ends }, "the agent's certificate could not be renewed");
    return error instanceof Error ? error.message : String(error);
  }
}

/** True if another certificate was there. */
async function adoptStored(deps: RotationDeps, options: RotationOptions, signal: AbortSignal): Promise<boolean> {
  const { place, credentials, log } = deps;
  const { certificate: stored, caPem } = await hubCredentialIn(await place.read(signal), nameOf(deps, options));
  if (caPem && credentials.trusted()) credentials.trust(caPem);
  const current = credentials.current();
  if (!stored || stored.certPem === current.certPem) return false;
  const { notBefore, notAfter } = readCertificate(stored.certPem);
  // What was read before a renewal of one's own must not undo it. Whole seconds: of the same one, the stored certificate counts.
  if (notBefore < readCertificate(current.certPem).notBefore) return false;
  credentials.adopt(stored);
  log.info({ ends: rfc3339(notAfter) }, `a newer certificate was found in ${place.name}`);
  return true;
}

async function rotate(deps: RotationDeps, options: RotationOptions, signal: AbortSignal): Promise<void> {
  const { hub, clock, credentials, place, log } = deps;
  const { clusterName, context } = options;
  const { certPem: former } = credentials.current();
  const refuseStranger = async (text: string): Promise<void> => {
    if ((await hubCredentialIn(text, nameOf(deps, options))).certificate?.certPem === former) return;
    throw new Error(`${place.name} holds another credential than the agent uses: it is not overwritten`);
  };
  await refuseStranger(await place.read(signal));
  const key = await newKey();
  const expirationSeconds = lengthOf(readCertificate(former));
  const caPem = credentials.trusted() ?? '';
  const wish = { clusterName, key, expirationSeconds, caPem, timeoutMs: REQUEST_TIMEOUT_MS };
  const certPem = await requestCertificate({ hub, clock }, wish, signal);
  const fresh = { certPem, keyPem: privateKeyPem(key) };
  const edit = async (text: string): Promise<string> => {
    await refuseStranger(text);
    return withCertificate(text, fresh, context);
  };
  await place.change(edit, signal);
  credentials.adopt(fresh);
  const { notAfter } = readCertificate(certPem);
  log.info({ ends: rfc3339(notAfter) }, "the agent's certificate was renewed");
}

function nameOf({ place }: RotationDeps, { context }: RotationOptions): { name: string; context: string | undefined } {
  return { name: place.name, context };
}

const BACKDATE_SECONDS = 300;
const SHORT_SECONDS = 8 * 3600;
const MIN_SECONDS = 600;

/** What was asked for, as signers make certificates of it: those of less than 8 h are made 5 min longer for the backdating. */
function lengthOf({ notBefore, notAfter }: CertificateInfo): number {
  const seconds = Math.round((notAfter - notBefore) / 1000);
  const asked = seconds < SHORT_SECONDS + BACKDATE_SECONDS ? seconds - BACKDATE_SECONDS : seconds;
  return Math.max(asked, MIN_SECONDS);
}
