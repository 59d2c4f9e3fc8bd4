import {
  AGENT_ORGANIZATION,
  AGENT_RBAC_GENERATOR,
  AGENT_USER_PREFIX,
  validateClusterName,
} from '../../../shared/apis/cluster/v1alpha1.ts';
import type { CertificateRequest } from '../../../shared/pki/x509.ts';

/**
 * Which certificate requests are an agent's, and by which right. Pure. The rules are those of Karmada's approver (the wire contract,
 * section 2.4), except that names which no cluster can have are refused here.
 */

/** The requester asks for itself (a rotation) or as the holder of a token (a join). */
export interface Recognizer {
  name: 'self' | 'agent';
  /** The subresource of certificatesigningrequests that the requester must be allowed to create. */
  permission: 'selfclusteragent' | 'clusteragent';
  /** Message of the Approved condition. */
  message: string;
  matches: (requester: string, commonName: string) => boolean;
}

export const RECOGNIZERS: readonly Recognizer[] = [
  {
    name: 'self',
    permission: 'selfclusteragent',
    message: 'Auto approving self karmada agent certificate after SubjectAccessReview.',
    matches: (requester, commonName) => requester === commonName,
  },
  {
    name: 'agent',
    permission: 'clusteragent',
    message: 'Auto approving karmada agent certificate after SubjectAccessReview.',
    matches: () => true,
  },
];

/** True if the request has the form of an agent's; anything else is somebody else's to approve. */
export function isAgentRequest(request: CertificateRequest, usages: string[]): boolean {
  const { subject } = request;
  const isAgents = subject.organizations.length === 1 && subject.organizations[0] === AGENT_ORGANIZATION;
  const alternatives = [request.dnsNames, request.emailAddresses, request.ipAddresses, request.uris];
  return (
    isAgents &&
    request.otherSubjectNames.length === 0 &&
    alternatives.every((names) => names.length === 0) &&
    subject.commonName.startsWith(AGENT_USER_PREFIX) &&
    hasAgentUsages(usages)
  );
}

function hasAgentUsages(usages: string[]): boolean {
  const set = new Set(usages);
  set.delete('key encipherment');
  return set.size === 2 && set.has('digital signature') && set.has('client auth');
}

/** Longer than any that is good; the rest of one that is not is not told. */
const SHOWN_CHARACTERS = 80;
/** Kubernetes' own have 36. */
const MAX_UID_CHARACTERS = 128;

/** Why nobody may be let in as what the request says, or undefined. `uid`: of the member, as its annotation declares it. */
export function refusedClaim(commonName: string, uid: string): string | undefined {
  if (commonName === AGENT_RBAC_GENERATOR) {
    return `the identity ${AGENT_RBAC_GENERATOR} may do anything on the hub and is not given out; this hub makes the rights of agents itself (join with pullet register)`;
  }
  const name = commonName.slice(AGENT_USER_PREFIX.length);
  const wrong = validateClusterName(name);
  if (wrong !== undefined) return `invalid cluster name(${shown(name)}): ${wrong}`;
  if (uid.length <= MAX_UID_CHARACTERS) return undefined;
  return `the uid of the member cluster has ${uid.length} characters, and may have ${MAX_UID_CHARACTERS}`;
}

/** Whole characters of it. */
function shown(name: string): string {
  const characters = [...name.slice(0, 3 * SHOWN_CHARACTERS)];
  return characters.length <= SHOWN_CHARACTERS ? name : `${characters.slice(0, SHOWN_CHARACTERS).join('')}…`;
}
