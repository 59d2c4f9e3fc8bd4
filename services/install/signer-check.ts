import {
  type CertificateSigningRequest,
  certificateSigningRequests,
  KUBE_APISERVER_CLIENT_SIGNER,
} from '../../shared/apis/certificates/v1.ts';
import { isConflict, isForbidden, isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import type { Clock } from '../../shared/controller/clock.ts';
import { withRequestCondition } from '../../shared/controller/request-condition.ts';
import { sleep } from '../../shared/controller/sleep.ts';
import { randomCharacters } from '../../shared/pki/bootstrap-token.ts';
import { newCertificateRequest } from '../../shared/pki/certificate-request.ts';
import { newKey } from '../../shared/pki/private-key.ts';

/**
 * Whether somebody signs for kubernetes.io/kube-apiserver-client: an approved request that no signer may fulfil (its usage is not a client's) is answered by
 * whoever signs with the condition Failed. No certificate comes of it; the request is removed again.
 */
export async function isSigned(
  deps: { client: KubeClient; clock: Clock; patienceMs: number },
  signal: AbortSignal,
): Promise<boolean> {
  const { client, clock } = deps;
  const name = `pullet-signer-check-${randomCharacters(6)}`;
  try {
    await approve(deps, await client.create(certificateSigningRequests, await newRequest(name), { signal }), signal);
    const end = clock.now() + deps.patienceMs;
    for (;;) {
      const { status } = await client.get(certificateSigningRequests, { name }, { signal });
      if (status?.certificate || status?.conditions?.some(({ type }) => type === 'Failed')) return true;
      if (clock.now() >= end) return false;
      await sleep(clock, 250, signal);
      signal.throwIfAborted();
    }
  } catch (error) {
    // Who may not ask can't find out, and a request that somebody else took up is being seen to.
    if (isForbidden(error) || isConflict(error) || isNotFound(error)) return true;
    throw error;
  } finally {
    await client.delete(certificateSigningRequests, { name }).catch(() => undefined);
  }
}

async function newRequest(name: string): Promise<CertificateSigningRequest> {
  const subject = { commonName: 'pullet:signer-check', organizations: [] };
  const pem = newCertificateRequest(await newKey('ec-p256'), subject);
  return {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { name },
    spec: {
      request: Buffer.from(pem).toString('base64'),
      signerName: KUBE_APISERVER_CLIENT_SIGNER,
      expirationSeconds: 600,
      usages: ['server auth'],
    },
  };
}

async function approve(
  { client, clock }: { client: KubeClient; clock: Clock },
  csr: CertificateSigningRequest,
  signal: AbortSignal,
): Promise<void> {
  const message = 'to see whether somebody signs; nobody may issue a certificate for this request';
  const approved = withRequestCondition(csr, { type: 'Approved', reason: 'SignerCheck', message }, clock);
  await client.update(certificateSigningRequests, approved, { signal, subresource: 'approval' });
}
