import { isDeepStrictEqual } from 'node:util';
import type { CertificateSigningRequest } from '../../../shared/apis/certificates/v1.ts';
import { KUBE_APISERVER_CLIENT_SIGNER } from '../../../shared/apis/certificates/v1.ts';
import { newForbidden, type StatusError } from '../../../shared/apis/meta/status-error.ts';
import { GROUP_MASTERS, type UserInfo } from '../../../shared/apis/user-info.ts';
import { parseCertificateRequest } from '../../../shared/pki/x509.ts';
import type { AdmissionCheck, AdmissionContext } from '../registry/registry.ts';
import type { Authorizer } from './authorizer.ts';

/**
 * What a right to write certificate requests does not include: to approve and to sign need a right on the signer too, and nobody may ask for
 * a client certificate of `system:masters`. Source: Kubernetes reference "Certificates and Certificate Signing Requests", "Authorization", and the
 * admission plugins CertificateApproval, CertificateSigning and CertificateSubjectRestriction. Throws 403.
 */
export function newCertificateCheck(authorize: Authorizer): AdmissionCheck {
  return async (context, object, old) => {
    const { definition, operation, subresource } = context;
    if (definition.group !== GROUP || definition.plural !== RESOURCE || !object) return;
    const request = object as unknown as CertificateSigningRequest;
    if (operation === 'CREATE' && subresource === '') await checkSubject(context, request);
    if (operation !== 'UPDATE' || !old) return;
    const before = old as unknown as CertificateSigningRequest;
    if (subresource === 'approval') requireSignerRight(authorize, context, { verb: 'approve', request: before });
    if (subresource === 'status' && isSigning(request, before)) {
      requireSignerRight(authorize, context, { verb: 'sign', request: before });
    }
  };
}

const GROUP = 'certificates.k8s.io';
const RESOURCE = 'certificatesigningrequests';

/** To issue the certificate, or to say of any condition something else than before. */
function isSigning({ status }: CertificateSigningRequest, { status: before }: CertificateSigningRequest): boolean {
  const isIssued = (status?.certificate ?? '') !== (before?.certificate ?? '');
  return isIssued || !isDeepStrictEqual(status?.conditions ?? [], before?.conditions ?? []);
}

interface SignerRight {
  verb: 'approve' | 'sign';
  request: CertificateSigningRequest;
}

/** On the signer itself, or on all of its domain: `example.com/*`. */
function requireSignerRight(authorize: Authorizer, context: AdmissionContext, { verb, request }: SignerRight): void {
  const { signerName } = request.spec;
  const names = [signerName, `${signerName.split('/')[0]}/*`];
  if (names.some((name) => mayOnSigner(authorize, context.user, { verb, name }))) return;
  throw refused(context, `user not permitted to ${verb} requests with signerName ${JSON.stringify(signerName)}`);
}

function mayOnSigner(authorize: Authorizer, user: UserInfo, { verb, name }: { verb: string; name: string }): boolean {
  const place = { group: GROUP, version: '*', resource: 'signers', subresource: '', namespace: '', name };
  return authorize(user, { ...place, isResource: true, verb, path: '' }).allowed;
}

/** What can't be read is refused by validation. */
async function checkSubject(context: AdmissionContext, { spec }: CertificateSigningRequest): Promise<void> {
  if (spec?.signerName !== KUBE_APISERVER_CLIENT_SIGNER) return;
  const pem = Buffer.from(String(spec.request ?? ''), 'base64').toString();
  const parsed = await parseCertificateRequest(pem).catch(() => undefined);
  if (!parsed?.subject.organizations.includes(GROUP_MASTERS)) return;
  throw refused(context, `use of ${KUBE_APISERVER_CLIENT_SIGNER} signer with ${GROUP_MASTERS} group is not allowed`);
}

function refused({ name }: AdmissionContext, why: string): StatusError {
  return newForbidden({ group: GROUP, resource: RESOURCE, name }, why);
}
