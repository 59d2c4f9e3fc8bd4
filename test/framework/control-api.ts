import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import path from 'node:path';
import type { PolicyRule } from '../../shared/apis/rbac/v1.ts';
import { newKey, privateKeyPem, publicKeyDer } from '../../shared/pki/private-key.ts';
import { issueCertificate, newCa } from '../../shared/pki/x509.ts';
import { eventually } from './eventually.ts';
import { hubIsKube, startTestHub, type TestHub } from './start-hub.ts';
import type { World } from './world.ts';

/** The control-plane API over a real connection, and callers of it. */

export interface ControlledHub {
  hub: TestHub;
  /** As the caller; `path` is below /api/v1. */
  ask(caller: ControlCaller, method: string, path: string, body?: object): Promise<ControlAnswer>;
}

export interface ControlCaller {
  token?: string;
  certPem?: string;
  keyPem?: string;
}

export interface ControlAnswer {
  status: number;
  headers: NodeJS.Dict<string | string[]>;
  text: string;
  /** Empty where there is no content. */
  json: { [field: string]: unknown; items: Record<string, unknown>[]; keys: { state: string }[] };
}

export async function startControlledHub(world: World, flags: string[] = []): Promise<ControlledHub> {
  const own = hubIsKube ? await ownCertificate(world) : undefined;
  const hub = await startTestHub(world, ['--control-listen=127.0.0.1:0', ...(own?.flags ?? []), ...flags]);
  const ca = own?.caPem ?? hub.caPem;
  const base = `${hub.control}/api/v1`;
  return {
    hub,
    ask: (caller, method, target, body) => ask(base + target, method, { caller, ca, body }),
  };
}

/** A hub on a real API server has no keys of its own. */
async function ownCertificate(world: World): Promise<{ caPem: string; flags: string[] }> {
  const now = Date.now();
  const ca = await newCa({ commonName: 'control-ca', days: 1, now });
  const key = await newKey();
  const certPem = await issueCertificate(ca, {
    subject: { commonName: 'pullet-control', organizations: [] },
    publicKey: publicKeyDer(key),
    usages: ['digital signature', 'server auth'],
    ipAddresses: ['127.0.0.1'],
    notBefore: now - 60_000,
    notAfter: now + 3600_000,
  });
  const [certFile, keyFile] = [path.join(world.dir, 'control.crt'), path.join(world.dir, 'control.key')];
  await writeFile(certFile, certPem);
  await writeFile(keyFile, privateKeyPem(key), { mode: 0o600 });
  return {
    caPem: ca.certificatePem,
    flags: [`--control-tls-cert-file=${certFile}`, `--control-tls-key-file=${keyFile}`],
  };
}

interface Sent {
  caller: ControlCaller;
  ca: string;
  body: object | undefined;
}

function ask(url: string, method: string, { caller, ca, body }: Sent): Promise<ControlAnswer> {
  const { token, certPem: cert, keyPem: key } = caller;
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, headers, ca, agent: false, ...(cert && key ? { cert, key } : {}) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          try {
            const text = Buffer.concat(chunks).toString();
            const json = text === '' ? {} : JSON.parse(text);
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
          } catch (error) {
            reject(error);
          }
        });
      },
    );
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** A service account with these rights in all the hub, which count from now on: its token. */
export async function newServiceAccountCaller(
  { client }: TestHub,
  name: string,
  rules: PolicyRule[],
): Promise<ControlCaller> {
  const post = (target: string, object: object): Promise<string> =>
    client.raw({
      method: 'POST',
      path: target,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(object),
    });
  const isAllowed = async ({ apiGroups, resources, resourceNames, verbs }: PolicyRule): Promise<boolean> => {
    const [resource, subresource] = resources?.[0]?.split('/') ?? [];
    const resourceAttributes = {
      group: apiGroups?.[0],
      resource,
      subresource,
      name: resourceNames?.[0],
      verb: verbs[0],
    };
    const spec = { user: `system:serviceaccount:default:${name}`, resourceAttributes };
    return JSON.parse(await post('/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec })).status.allowed;
  };
  const accounts = '/api/v1/namespaces/default/serviceaccounts';
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const metadata = { name };
  await post(accounts, { metadata });
  await post(`${rbac}/clusterroles`, { metadata, rules });
  await post(`${rbac}/clusterrolebindings`, {
    metadata,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace: 'default' }],
  });
  const [rule] = rules; // all come in one object
  if (rule) await eventually(`${name} has its rights`, () => isAllowed(rule));
  const answer = JSON.parse(await post(`${accounts}/${name}/token`, { spec: { expirationSeconds: 3600 } }));
  return { token: answer.status.token };
}
