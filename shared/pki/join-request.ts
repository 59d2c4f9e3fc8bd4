import type { CertificateSigningRequest } from '../apis/certificates/v1.ts';
import {
  AGENT_ORGANIZATION,
  AGENT_USER_PREFIX,
  APPROVED_REQUEST_ANNOTATION,
  MEMBER_UID_ANNOTATION,
} from '../apis/cluster/v1alpha1.ts';
import { spkiPin } from './ca-pin.ts';

/** A certificate request by which a cluster asks to join, read for the person who decides on it. */
export interface JoinRequest {
  csr: CertificateSigningRequest;
  /** Name of the request. */
  name: string;
  cluster: string;
  /** `sha256:<hex>` of the joiner's public key. */
  key: string;
  /** uid of the member's kube-system, as the joiner declares it; '' if it declares none. */
  memberUid: string;
  requester: string;
  /** A person has said yes; the hub has not acted on it yet. */
  isApproved: boolean;
}

/** Nobody has approved, denied or issued it. */
export function isUndecided({ status }: CertificateSigningRequest): boolean {
  return !status?.certificate && (status?.conditions ?? []).length === 0;
}

/** Undefined if it is not an agent's. */
export async function readJoinRequest(csr: CertificateSigningRequest): Promise<JoinRequest | undefined> {
  const { parseCertificateRequest } = await import('./x509.ts'); // large: for who needs it
  const pem = Buffer.from(csr.spec.request, 'base64').toString('utf8');
  const request = await parseCertificateRequest(pem).catch(() => undefined);
  const { commonName = '', organizations = [] } = request?.subject ?? {};
  if (!request || !organizations.includes(AGENT_ORGANIZATION) || !commonName.startsWith(AGENT_USER_PREFIX)) {
    return undefined;
  }
  const { annotations = {}, name = '', uid } = csr.metadata;
  return {
    csr,
    name,
    cluster: commonName.slice(AGENT_USER_PREFIX.length),
    key: spkiPin(request.publicKey),
    memberUid: annotations[MEMBER_UID_ANNOTATION] ?? '',
    requester: csr.spec.username ?? '',
    isApproved: uid !== undefined && annotations[APPROVED_REQUEST_ANNOTATION] === uid,
  };
}
