import type { CertificateSigningRequest } from '../../../shared/apis/certificates/v1.ts';
import { withIssuedKey } from '../../../shared/apis/cluster/agent-keys.ts';
import { AGENT_ORGANIZATION, AGENT_USER_PREFIX } from '../../../shared/apis/cluster/v1alpha1.ts';
import { changeAgentKeys } from '../../../shared/client/agent-keys.ts';
import type { KubeClient } from '../../../shared/client/client.ts';
import { spkiPin } from '../../../shared/pki/ca-pin.ts';
import { certificateKeyDer, readCertificate } from '../../../shared/pki/certificate-info.ts';

/**
 * Makes true: the record of an agent's keys says how long the certificate is good that was given out, which another signer may have made shorter or longer than was
 * asked for. Keys that the hub has not let in are not put there.
 */
export interface IssuedDeps {
  client: KubeClient;
  getRequest: (name: string) => CertificateSigningRequest | undefined;
}

export async function reconcileIssued(deps: IssuedDeps, name: string, signal: AbortSignal): Promise<undefined> {
  const csr = deps.getRequest(name);
  const issued = csr && readIssued(csr);
  if (!issued) return undefined;
  const { cluster, pin, from, until } = issued;
  const known = (key: { from: number; until: number } | undefined) => key?.from === from && key.until >= until;
  await changeAgentKeys(
    deps.client,
    cluster,
    (record) => (known(record.keys[pin]?.issued) ? record : withIssuedKey(record, pin, { from, until })),
    signal,
  );
  return undefined;
}

interface Issued {
  cluster: string;
  pin: string;
  from: number;
  until: number;
}

/** Undefined if it is no agent's, or nothing that can be read. */
function readIssued(csr: CertificateSigningRequest): Issued | undefined {
  const pem = Buffer.from(csr.status?.certificate ?? '', 'base64').toString('utf8');
  try {
    const { subject, notBefore, notAfter } = readCertificate(pem);
    const { commonName, organizations } = subject;
    if (!organizations.includes(AGENT_ORGANIZATION) || !commonName.startsWith(AGENT_USER_PREFIX)) return undefined;
    const cluster = commonName.slice(AGENT_USER_PREFIX.length);
    return { cluster, pin: spkiPin(certificateKeyDer(pem)), from: notBefore, until: notAfter };
  } catch {
    return undefined;
  }
}
