import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createPlainServer, type Server } from 'node:net';
import path from 'node:path';
import { newKey, privateKeyPem, publicKeyDer } from '../../shared/pki/private-key.ts';
import { issueCertificate, newCa } from '../../shared/pki/x509.ts';
import { startConnectProxy } from './connect-proxy.ts';
import { base64, type KubeconfigDraft, kubeconfigDraft, newMemberToken } from './member-accounts.ts';
import type { TestMember } from './start-member.ts';
import type { World } from './world.ts';

/** Kubeconfigs with something wrong in them, and what a user is told. */

/** What the cases are made of. */
export interface Surroundings {
  /** The member's administrator's. */
  good: KubeconfigDraft;
  /** Of an authority that the member does not know: good, and over since a day. */
  strange: Certificate;
  expired: Certificate;
  /** Of an account without rights. */
  weakToken: string;
  /** `https://127.0.0.1:PORT` of a server that is no Kubernetes, and of one that does not speak TLS. */
  website: string;
  json: string;
  plain: string;
  /** Answers 403. */
  proxy: string;
  /** Path of a script for `sh`. */
  script(text: string): Promise<string>;
}

interface Certificate {
  caPem: string;
  certPem: string;
  keyPem: string;
}

export async function newSurroundings(world: World, member: TestMember): Promise<Surroundings> {
  const [strange, expired] = [await newCertificate(Date.now() + 3600_000), await newCertificate(Date.UTC(2026, 0, 2))];
  const proxy = await startConnectProxy({ status: 403 });
  world.onStop('proxy', () => proxy.close());
  const tls = { cert: strange.certPem, key: strange.keyPem };
  const website = createServer(tls, (_request, answer) => answer.end('<html>Welcome</html>'));
  const json = createServer(tls, (_request, answer) => answer.end('{"hello":"world"}'));
  const plain = createPlainServer((socket) => socket.on('error', () => {}).end('220 mail.example.com ESMTP\r\n'));
  let scripts = 0;
  return {
    good: await kubeconfigDraft(member),
    strange,
    expired,
    weakToken: await newMemberToken(member, 'weak', { mayDoEverything: false }),
    website: await listen(world, website),
    json: await listen(world, json),
    plain: await listen(world, plain),
    proxy: proxy.url,
    script: async (text) => {
      const file = path.join(world.dir, `program-${scripts++}.sh`);
      await writeFile(file, text);
      return file;
    },
  };
}

async function listen(world: World, server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.onStop('server', () => void server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function newCertificate(endMs: number): Promise<Certificate> {
  const ca = await newCa({ commonName: 'strange-ca', days: 2, now: endMs - 24 * 3600_000 });
  const key = await newKey();
  const certPem = await issueCertificate(ca, {
    subject: { commonName: 'strange', organizations: [] },
    publicKey: publicKeyDer(key),
    usages: ['digital signature', 'server auth', 'client auth'],
    ipAddresses: ['127.0.0.1'],
    notBefore: endMs - 23 * 3600_000,
    notAfter: endMs,
  });
  return { caPem: ca.certificatePem, certPem, keyPem: privateKeyPem(key) };
}

type Changes = { cluster?: Record<string, unknown>; user?: Record<string, unknown>; context?: Record<string, unknown> };

/** The good one, with fields of its cluster and of its context changed, and perhaps another user. */
function changed(good: KubeconfigDraft, { cluster, user, context }: Changes): KubeconfigDraft {
  return {
    ...good,
    contexts: good.contexts.map((entry) => ({ ...entry, context: { ...entry.context, ...context } })),
    clusters: good.clusters.map((entry) => ({ ...entry, cluster: { ...entry.cluster, ...cluster } })),
    users: user ? [{ name: 'me', user }] : good.users,
  };
}

const V1 = 'client.authentication.k8s.io/v1';

/** A user whose program is a shell script. */
async function running({ good, script }: Surroundings, text: string, more: object = {}): Promise<KubeconfigDraft> {
  const exec = { apiVersion: V1, command: 'sh', args: [await script(text)], interactiveMode: 'Never', ...more };
  return changed(good, { user: { exec } });
}

const printing = (status: object): string =>
  `printf '%s' '${JSON.stringify({ apiVersion: V1, kind: 'ExecCredential', status })}'`;

const certificateUser = ({ certPem }: Certificate, { keyPem }: Certificate): Record<string, unknown> => ({
  'client-certificate-data': base64(certPem),
  'client-key-data': base64(keyPem),
});

const at = (server: string, { caPem }: Certificate): Changes => ({
  cluster: { server, 'certificate-authority-data': base64(caPem) },
});

const expiredToken = ['{"alg":"none"}', '{"sub":"me","exp":1767312000}', 'x']
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');

const REFUSED = 'the cluster at SERVER refuses user "me" of the kubeconfig: Unauthorized:';
const ANONYMOUS =
  'the cluster at SERVER refuses user "me" of the kubeconfig: namespaces "kube-system" is forbidden: ' +
  'User "system:anonymous" cannot get resource "namespaces" in API group "" in the namespace "kube-system":';
const FAR = 'cannot reach the cluster at';

export interface BadKubeconfig {
  /** Text, data, or undefined for no file at all. */
  make(around: Surroundings): Promise<KubeconfigDraft | string | undefined> | KubeconfigDraft | string | undefined;
  /** All that is told, after `error: `; FILE, DIR, SERVER and HOST (the member's) stand for what they say, `…` for anything. */
  told: string;
  /** Only where the hub is to find the member by it: not where that is known already. */
  isOfAddress?: true;
}

export const badKubeconfigs: Record<string, BadKubeconfig> = {
  'a file that is not there': {
    make: () => undefined,
    told: 'cannot read the kubeconfig FILE: there is no such file',
  },
  'an empty file': { make: () => '', told: 'FILE: there is no context in it: it is empty, or no kubeconfig' },
  'no YAML': { make: () => 'users:\n- [hunter2\nx', told: 'FILE: not valid YAML: … in line 3' },
  'YAML of another kind': { make: () => 'kind: Secret', told: 'FILE: kind is "Secret", not "Config"' },
  'no current-context': {
    make: ({ good }) => ({ ...good, 'current-context': '' }),
    told: 'FILE: no current-context is set; there are: ctx',
  },
  'a current-context that is not there': {
    make: ({ good }) => ({ ...good, 'current-context': 'other' }),
    told: 'FILE: there is no context "other"; there are: ctx',
  },
  'a context of no cluster': {
    make: ({ good }) => changed(good, { context: { cluster: 'gone' } }),
    told: 'FILE: context "ctx": there is no cluster "gone"',
  },
  'a context of no user': {
    make: ({ good }) => changed(good, { context: { user: 'gone' } }),
    told: 'FILE: context "ctx": there is no user "gone"',
  },
  'no server': {
    make: ({ good }) => changed(good, { cluster: { server: '' } }),
    told: 'FILE: cluster "prod": server is missing',
  },
  'a server that is no URL': {
    make: ({ good }) => changed(good, { cluster: { server: '10.0.0.1:6443' } }),
    told: 'FILE: cluster "prod": server "10.0.0.1:6443" is not the address of a server: https://HOST:PORT is',
  },
  'a server where nobody listens': {
    make: ({ good }) => changed(good, { cluster: { server: 'https://127.0.0.1:1' } }),
    told: `${FAR} https://127.0.0.1:1: the connection to 127.0.0.1:1 was refused: is the server running, and is this its address?`,
    isOfAddress: true,
  },
  'a server that does not speak TLS': {
    make: ({ good, plain }) => changed(good, { cluster: { server: plain } }),
    told: `${FAR} https://127.0.0.1:…: 127.0.0.1:… does not speak TLS`,
    isOfAddress: true,
  },
  'a web site': {
    make: ({ good, website, strange }) => changed(good, at(website, strange)),
    told: "https://127.0.0.1:… does not answer as a Kubernetes API server does: what it answers is not JSON; check the server's address in the kubeconfig",
    isOfAddress: true,
  },
  'another API': {
    make: ({ good, json, strange }) => changed(good, at(json, strange)),
    told: "https://127.0.0.1:… does not answer as a Kubernetes API server does: what it answers is no namespace; check the server's address in the kubeconfig",
    isOfAddress: true,
  },
  'a path below which there is no API': {
    make: ({ good }) => changed(good, { cluster: { server: `${good.clusters[0]?.cluster['server']}/k8s/c-1` } }),
    told: "SERVER/k8s/c-1 does not answer as a Kubernetes API server does: the server could not find the requested resource; check the server's address in the kubeconfig",
    isOfAddress: true,
  },
  'the authority of another cluster': {
    make: ({ good, strange }) => changed(good, { cluster: { 'certificate-authority-data': base64(strange.caPem) } }),
    told: `${FAR} SERVER: the certificate of HOST is signed by an authority that is not trusted here; the certificate-authority of the kubeconfig did not sign it: is it another cluster's?`,
  },
  'no authority': {
    make: ({ good }) => changed(good, { cluster: { 'certificate-authority-data': '' } }),
    told: `${FAR} SERVER: the certificate of HOST is signed by an authority that is not trusted here; the kubeconfig names no certificate-authority`,
  },
  'an authority that is no certificate': {
    make: ({ good }) => changed(good, { cluster: { 'certificate-authority-data': base64('hello') } }),
    told: `${FAR} SERVER: the certificate of HOST is signed by an authority that is not trusted here; the certificate-authority of the kubeconfig is not a PEM certificate`,
  },
  'an authority that is not base64': {
    make: ({ good }) => changed(good, { cluster: { 'certificate-authority-data': '-----BEGIN' } }),
    told: 'FILE: cluster "prod": certificate-authority-data is not base64',
  },
  'a relative path to an authority that is not there': {
    make: ({ good }) =>
      changed(good, { cluster: { 'certificate-authority-data': '', 'certificate-authority': 'pki/ca.crt' } }),
    told: 'FILE: cluster "prod": cannot read certificate-authority DIR/pki/ca.crt: there is no such file',
  },
  'an authority, and a flag that it does not matter': {
    make: ({ good }) => changed(good, { cluster: { 'insecure-skip-tls-verify': true } }),
    told: 'FILE: cluster "prod": insecure-skip-tls-verify and a certificate-authority contradict each other: take one of them out',
  },
  'a name that the server’s certificate has not': {
    make: ({ good }) => changed(good, { cluster: { 'tls-server-name': 'example.com' } }),
    told: `${FAR} SERVER: the certificate of HOST is for another name: Host: example.com. is not in the cert's altnames: …`,
  },
  'a client certificate that has expired': {
    make: ({ good, expired }) => changed(good, { user: certificateUser(expired, expired) }),
    told: `${REFUSED} its certificate has expired (2026-01-02T00:00:00.000Z)`,
  },
  'a client certificate of another cluster': {
    make: ({ good, strange }) => changed(good, { user: certificateUser(strange, strange) }),
    told: `${REFUSED} its certificate is not one of this cluster, or not any more`,
  },
  'a client certificate with another’s key': {
    make: ({ good, strange, expired }) => changed(good, { user: certificateUser(strange, expired) }),
    told: `${FAR} SERVER: the certificates for HOST can't be used: the client key is not that of the client certificate`,
  },
  'a client certificate without a key': {
    make: ({ good, strange }) => changed(good, { user: { 'client-certificate-data': base64(strange.certPem) } }),
    told: 'FILE: user "me": client-certificate has no client-key',
  },
  'a wrong token': {
    make: ({ good }) => changed(good, { user: { token: 'hunter2' } }),
    told: `${REFUSED} its token is not one of this cluster, or not any more`,
  },
  'a token that has expired': {
    make: ({ good }) => changed(good, { user: { token: expiredToken } }),
    told: `${REFUSED} its token has expired (2026-01-02T00:00:00.000Z)`,
  },
  'a token of somebody without rights': {
    make: ({ good, weakToken }) => changed(good, { user: { token: weakToken } }),
    told: 'the cluster at SERVER refuses user "me" of the kubeconfig: namespaces "kube-system" is forbidden: User "system:serviceaccount:default:weak" cannot get resource "namespaces" in API group "" in the namespace "kube-system"',
  },
  nobody: {
    make: ({ good }) => changed(good, { user: {} }),
    told: `${ANONYMOUS} it has neither a certificate nor a token nor a program that gives one`,
  },
  'a password': {
    make: ({ good }) => changed(good, { user: { username: 'me', password: 'hunter2' } }),
    told: `${ANONYMOUS} Kubernetes knows no passwords any more; give it a token`,
  },
  'a program that is not installed': {
    make: (around) => running(around, '', { command: 'no-such-program', installHint: 'Get it at example.com.' }),
    told: 'FILE: user "me": exec: no-such-program is not installed here. Get it at example.com.',
  },
  'a program that fails': {
    make: (around) => running(around, 'echo you are not logged in >&2; exit 3'),
    told: 'FILE: user "me": exec: sh failed with exit code 3: you are not logged in',
  },
  'a program that prints rubbish': {
    make: (around) => running(around, 'echo hunter2'),
    told: `FILE: user "me": exec: sh did not print an ExecCredential of ${V1}`,
  },
  'a program that gives nothing': {
    make: (around) => running(around, printing({})),
    told: 'FILE: user "me": exec: sh gave neither a token nor a certificate',
  },
  'a program that gives what has expired': {
    make: (around) => running(around, printing({ token: 'hunter2', expirationTimestamp: '2020-01-01T00:00:00Z' })),
    told: `${REFUSED} what its program gives is not accepted there; run the program by hand to see whom it logs in`,
  },
  'a program of an old version': {
    make: (around) => running(around, '', { apiVersion: 'client.authentication.k8s.io/v1alpha1' }),
    told: `FILE: user "me": exec.apiVersion "client.authentication.k8s.io/v1alpha1" is none of ${V1}, ${V1}beta1`,
  },
  'a program that is made for a terminal': {
    make: (around) => running(around, '', { interactiveMode: 'Always' }),
    told: 'FILE: user "me": exec: sh wants a terminal (interactiveMode Always), and there is none',
  },
  'a login that kubectl has given up': {
    make: ({ good }) => changed(good, { user: { 'auth-provider': { name: 'gcp' } } }),
    told: 'FILE: user "me": auth-provider is not supported (nor by kubectl since 1.26); use exec',
  },
  'a proxy that refuses': {
    make: ({ good, proxy }) => changed(good, { cluster: { 'proxy-url': proxy } }),
    told: `${FAR} SERVER: the proxy http://127.0.0.1:… (proxy-url) answered 403 Forbidden when asked for HOST\nHave the proxy let CONNECT to HOST through, or take proxy-url out of the kubeconfig if no proxy is needed to get there.`,
  },
  'a proxy that is not there': {
    make: ({ good }) => changed(good, { cluster: { 'proxy-url': 'http://127.0.0.1:1' } }),
    told: `${FAR} SERVER: cannot reach HOST through the proxy http://127.0.0.1:1 (proxy-url): the connection to 127.0.0.1:1 was refused: is the server running, and is this its address?\nCheck the address of the proxy, or take proxy-url out of the kubeconfig if no proxy is needed to get there.`,
  },
  'a proxy of no kind that is known': {
    make: ({ good }) => changed(good, { cluster: { 'proxy-url': 'ftp://me:hunter2@proxy' } }),
    told: 'FILE: cluster "prod": proxy-url does not name a proxy: the scheme ftp:// is not supported; give http://, https:// or socks5://HOST:PORT',
  },
};
