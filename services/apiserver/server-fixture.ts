import { Registry as MetricsRegistry } from 'prom-client';
import type { KubeObject } from '../../shared/apis/meta/v1.ts';
import type { PolicyRule, RoleRef, Subject } from '../../shared/apis/rbac/v1.ts';
import { newKey, privateKeyPem, publicKeyDer } from '../../shared/pki/private-key.ts';
import { type CertificateAuthority, issueCertificate, newCa } from '../../shared/pki/x509.ts';
import type { Storage } from '../storage/backend.ts';
import { newMemoryStorage } from '../storage/memory-backend.ts';
import { type ApiServer, type ApiServerOptions, newAccessControl, newApiServer } from './api-server.ts';
import { newVersionInfo } from './handlers/version.ts';
import type { Handler, ServerRequest } from './request.ts';

/** For tests: a server over a memory store whose resources answer with who asked what, and certificates to ask with. */

export const NOW = Date.parse('2030-01-01T00:00:00Z');

export interface TestServer {
  server: ApiServer;
  storage: Storage;
  log: string[];
}

/** Answers with what it was asked, as JSON. */
const echo: Handler = async ({ info, user }) => ({ status: 200, body: JSON.stringify({ info, user }) });

export async function newTestServer(overrides: Partial<ApiServerOptions> = {}): Promise<TestServer> {
  const storage = newMemoryStorage();
  const log: string[] = [];
  const write = (_fields: object, message: string): void => void log.push(message);
  const server = newApiServer({
    storage,
    access: newAccessControl(storage),
    handlers: { resources: echo, discovery: echo, openApi: echo },
    serviceAccountKeys: { issuer: 'https://kubernetes.default.svc', audiences: ['hub'], signingKey: await newKey() },
    version: newVersionInfo({ version: '0.0.0', platform: 'linux/amd64' }),
    clock: { now: () => NOW, setTimeout: () => () => {} },
    log: { debug: write, warn: write, error: write },
    metrics: new MetricsRegistry(),
    ...overrides,
  });
  return { server, storage, log };
}

export function newRequest(method: string, target: string, more: Partial<ServerRequest> = {}): ServerRequest {
  const [path = '', query = ''] = target.split('?');
  return {
    method,
    path,
    query: new URLSearchParams(query),
    headers: {},
    body: async () => new Uint8Array(),
    signal: new AbortController().signal,
    ...more,
  };
}

/** Puts an object where the server keeps it. */
export async function store(storage: Storage, place: { group?: string; resource: string }, object: KubeObject) {
  const { namespace = '', name = '' } = object.metadata;
  const key = `/${place.group ?? 'core'}/${place.resource}/${namespace}/${name}`;
  const current = storage.get(key)?.modRevision ?? 0;
  await storage.put(key, current, () => Buffer.from(JSON.stringify(object)));
}

const RBAC = 'rbac.authorization.k8s.io';

/** A role of that name, and a binding of the same name to it; cluster-wide without a namespace. */
export async function grant(
  storage: Storage,
  right: { name: string; namespace?: string; rules: PolicyRule[]; subjects: Subject[] },
): Promise<void> {
  const { name, namespace, rules, subjects } = right;
  const [kind, prefix] = namespace === undefined ? (['ClusterRole', 'cluster'] as const) : (['Role', ''] as const);
  const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
  const roleRef: RoleRef = { apiGroup: RBAC, kind, name };
  const of = (object: object): KubeObject => ({ apiVersion: `${RBAC}/v1`, kind, metadata, ...object });
  await store(storage, { group: RBAC, resource: `${prefix}roles` }, of({ rules }));
  await store(storage, { group: RBAC, resource: `${prefix}rolebindings` }, of({ roleRef, subjects }));
}

export interface TestCertificate {
  cert: string;
  key: string;
}

export async function newTestCa(): Promise<CertificateAuthority> {
  return await newCa({ commonName: 'test-ca', days: 10, now: Date.now() });
}

/** Valid now, for a server on 127.0.0.1 or for a client. */
export async function newTestCertificate(
  ca: CertificateAuthority,
  subject: { commonName: string; organizations?: string[]; isServer?: boolean },
): Promise<TestCertificate> {
  const key = await newKey();
  const cert = await issueCertificate(ca, {
    subject: { commonName: subject.commonName, organizations: subject.organizations ?? [] },
    publicKey: publicKeyDer(key),
    usages: ['digital signature', subject.isServer ? 'server auth' : 'client auth'],
    ...(subject.isServer ? { ipAddresses: ['127.0.0.1'] } : {}),
    notBefore: Date.now() - 60_000,
    notAfter: Date.now() + 3600_000,
  });
  return { cert, key: privateKeyPem(key) };
}
