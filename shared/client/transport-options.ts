import { readFile } from 'node:fs/promises';
import { fileReason } from './file-reason.ts';
import type { Environment } from './proxy-environment.ts';
import type { Timers } from './timers.ts';

/** Where a server is, whom to trust and who we are: what a kubeconfig's context says, read. */
export interface TransportOptions {
  /** `https://host:port`, perhaps with a path below which the API is; `http://` for a local proxy. */
  server: string;
  /** PEM bundle of the authorities to trust; the system's if absent. */
  caPem?: string;
  /** Where `caPem` was read: read again when it may have changed, for an authority is followed by another while both are in it. */
  caFile?: string;
  certPem?: string;
  keyPem?: string;
  token?: string;
  /** Read again when it may have changed; wins over `token`. */
  tokenFile?: string;
  basicAuth?: { username: string; password: string };
  /** Credentials that come from elsewhere (an exec plugin); win over the others. */
  credentials?: CredentialSource;
  insecureSkipTlsVerify?: boolean;
  /** The name that the server's certificate must be for, where it is not the URL's host. */
  tlsServerName?: string;
  /** A proxy to dial through, whatever the environment says; the empty text for none. Absent: the environment decides. */
  proxyUrl?: string;
  /** Sent to that proxy with CONNECT. */
  proxyHeaders?: Record<string, string>;
  /** Where HTTPS_PROXY and NO_PROXY are; the process's own if absent. */
  env?: Environment;
  /** Every request is made as somebody else, if the server lets us. */
  impersonate?: Impersonation;
  userAgent?: string;
  timers?: Timers;
}

/** The same server on the same way, as nobody. */
export function withoutUser(options: TransportOptions): TransportOptions {
  const { certPem, keyPem, token, tokenFile, basicAuth, credentials, impersonate, ...server } = options;
  return server;
}

/** Source: Kubernetes reference "User impersonation". */
export interface Impersonation {
  user: string;
  groups?: string[];
  uid?: string;
}

export interface Credentials {
  token?: string;
  certPem?: string;
  keyPem?: string;
  /** Whom to trust from the next connection on, instead of the options' `caPem`; open ones go on. */
  caPem?: string;
}

/** Asked before each request; keeps what it has as long as that is good. `refused` says that the server answered 401 to the last. */
export type CredentialSource = (refused: boolean) => Promise<Credentials>;

/** Mounted tokens and authorities are replaced long before they expire, so once a minute is often enough. */
const FILE_PERIOD_MS = 60_000;

/** The credentials for one request, from whichever of the options gives them. */
export function newCredentialSource(options: TransportOptions, timers: Timers): CredentialSource {
  const { credentials, tokenFile, certPem, keyPem, token } = options;
  const certificate = { ...(certPem ? { certPem } : {}), ...(keyPem ? { keyPem } : {}) };
  if (credentials) return async (refused) => ({ ...certificate, ...(await credentials(refused)) });
  const readTrust = newTrustReader(options, timers);
  const readToken = tokenFile ? newTokenFileReader(tokenFile, timers) : async () => token;
  return async (refused) => {
    const [trust, fresh] = await Promise.all([readTrust(), readToken(refused)]);
    return { ...certificate, ...trust, ...(fresh ? { token: fresh } : {}) };
  };
}

/** What can't be read, is no certificate or is only half written changes nothing. */
function newTrustReader({ caFile, caPem }: TransportOptions, timers: Timers): () => Promise<{ caPem?: string }> {
  if (!caFile) return async () => ({});
  let known = caPem ?? '';
  let readAtMs = Number.NEGATIVE_INFINITY;
  return async () => {
    if (timers.monotonic() - readAtMs >= FILE_PERIOD_MS) {
      const text = await readFile(caFile, 'utf8').catch(() => '');
      if (text.lastIndexOf('-----END CERTIFICATE-----') > text.lastIndexOf('-----BEGIN CERTIFICATE-----')) known = text;
      readAtMs = timers.monotonic();
    }
    return known ? { caPem: known } : {};
  };
}

function newTokenFileReader(path: string, timers: Timers): (refused: boolean) => Promise<string> {
  let token = '';
  let readAtMs = Number.NEGATIVE_INFINITY;
  return async (refused) => {
    if (!refused && timers.monotonic() - readAtMs < FILE_PERIOD_MS) return token;
    try {
      token = (await readFile(path, 'utf8')).trim();
    } catch (error) {
      throw new Error(`cannot read the token file ${path}: ${fileReason(error)}`);
    }
    readAtMs = timers.monotonic();
    return token;
  };
}

/** The `authorization` header, if there is anything to say. */
export function authorizationOf(options: TransportOptions, credentials: Credentials): string | undefined {
  if (credentials.token) return `Bearer ${credentials.token}`;
  if (!options.basicAuth) return undefined;
  const { username, password } = options.basicAuth;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The headers that ask to be somebody else; each group is a header of its own. */
export function impersonationHeaders(who: Impersonation | undefined): Record<string, string | string[]> {
  if (!who) return {};
  const { user, groups = [], uid } = who;
  return {
    'impersonate-user': user,
    ...(groups.length > 0 ? { 'impersonate-group': groups } : {}),
    ...(uid ? { 'impersonate-uid': uid } : {}),
  };
}
