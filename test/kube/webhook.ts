import { once } from 'node:events';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { newKey, privateKeyPem, publicKeyDer } from '../../shared/pki/private-key.ts';
import { issueCertificate, newCa } from '../../shared/pki/x509.ts';

/** An admission webhook on loopback, whose mind a test changes. */
export interface Webhook {
  /** For the `clientConfig` of its configuration. */
  clientConfig: { url: string; caBundle: string };
  /** How often it was asked. */
  asked(): number;
  /** From now on, with a message of its own; undefined: all is allowed. */
  deny(message: string | undefined): void;
  close(): void;
}

const HOUR_MS = 3600_000;

export async function startWebhook(): Promise<Webhook> {
  const { caPem, ...serving } = await newServingCertificate();
  let denial: string | undefined;
  let asked = 0;
  const server = https.createServer(serving, (request, response) => {
    asked += 1;
    text(request).then(
      (body) => response.setHeader('content-type', 'application/json').end(reviewed(body, denial)),
      () => response.destroy(),
    );
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    clientConfig: { url: `https://127.0.0.1:${port}/`, caBundle: Buffer.from(caPem).toString('base64') },
    asked: () => asked,
    deny: (message) => {
      denial = message;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The answer to an AdmissionReview (admission.k8s.io/v1). */
function reviewed(body: string, denial: string | undefined): string {
  const { request } = parsed(body);
  const verdict = denial === undefined ? { allowed: true } : { allowed: false, status: { code: 403, message: denial } };
  const response = { uid: request?.uid, ...verdict };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response });
}

function parsed(body: string): { request?: { uid?: string } } {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

async function newServingCertificate(): Promise<{ caPem: string; cert: string; key: string }> {
  const now = Date.now();
  const ca = await newCa({ commonName: 'webhook', days: 1, now });
  const key = await newKey();
  const cert = await issueCertificate(ca, {
    subject: { commonName: 'webhook', organizations: [] },
    publicKey: publicKeyDer(key),
    notBefore: now - HOUR_MS,
    notAfter: now + 12 * HOUR_MS,
    usages: ['digital signature', 'server auth'],
    ipAddresses: ['127.0.0.1'],
  });
  return { caPem: ca.certificatePem, cert, key: privateKeyPem(key) };
}
