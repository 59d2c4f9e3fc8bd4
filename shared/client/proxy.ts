import type { Socket } from 'node:net';
import { type Environment, proxyFromEnvironment } from './proxy-environment.ts';
import { TransportError } from './transport.ts';

/** A proxy on the way to a server. */
export interface ProxyAddress {
  protocol: 'http:' | 'https:' | 'socks5:';
  host: string;
  port: number;
  /** A secret. */
  auth?: { username: string; password: string };
  /** Sent with CONNECT. */
  headers?: Record<string, string>;
  /** The URL without user and password, and who named it: for messages. */
  name: string;
  /** How to go without it, as part of a sentence. */
  leavingOut: string;
}

/** A connection to a proxy that passes on to the server whatever is written. */
export type TunnelSocket = Socket;

export interface TunnelRequest {
  proxy: ProxyAddress;
  /** `host:port` of the server, an IPv6 host in brackets. */
  to: string;
  /** Of the kubeconfig: trusted for an https:// proxy too. */
  caPem?: string;
  userAgent?: string;
  signal: AbortSignal;
}

/** The proxy was reached, or not, but the server behind it was not. Names the proxy; `fix` is what to do. */
export class ProxyError extends TransportError {
  readonly fix: string;
  /** What an HTTP proxy answered to CONNECT, if it did. */
  readonly status: number | undefined;

  constructor(message: string, options: ErrorOptions & { fix: string; status?: number }) {
    super(message, options);
    this.name = 'ProxyError';
    this.fix = options.fix;
    this.status = options.status;
  }
}

const DEFAULT_PORTS = { 'http:': 80, 'https:': 443, 'socks5:': 1080 };

/** The kubeconfig's `proxy-url` if it has one, even for loopback, as with kubectl; else what the environment says. Throws, in words, if it can't be used. */
export function proxyFor(
  options: { proxyUrl?: string; proxyHeaders?: Record<string, string> },
  server: URL,
  env: Environment,
): ProxyAddress | undefined {
  const { proxyUrl, proxyHeaders: headers } = options;
  if (proxyUrl === '') return undefined;
  if (proxyUrl !== undefined) return { ...parseProxyUrl(proxyUrl, 'proxy-url'), ...(headers ? { headers } : {}) };
  const named = proxyFromEnvironment(env, server);
  // As in Go, the environment may leave the scheme out.
  return named && parseProxyUrl(named.url.includes('://') ? named.url : `http://${named.url}`, named.variable);
}

/** `from` is where the URL was found, for messages; none repeats what could be a password. */
export function parseProxyUrl(text: string, from: string): ProxyAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const protocol = url?.protocol ?? '';
  if (!url?.hostname || !isSupported(protocol)) {
    const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? '';
    const what = scheme && !isSupported(scheme.slice(0, -2)) ? `the scheme ${scheme} is not supported` : 'it is no URL';
    throw new Error(`${from} does not name a proxy: ${what}; give http://, https:// or socks5://HOST:PORT`);
  }
  const [username, password] = [decoded(url.username), decoded(url.password)];
  return {
    protocol,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || DEFAULT_PORTS[protocol]),
    ...(username || password ? { auth: { username, password } } : {}),
    name: `${protocol}//${url.host} (${from})`,
    leavingOut:
      from === 'proxy-url' ? 'take proxy-url out of the kubeconfig' : 'leave it out for the server (NO_PROXY)',
  };
}

function isSupported(protocol: string): protocol is ProxyAddress['protocol'] {
  return Object.hasOwn(DEFAULT_PORTS, protocol);
}

/** A % that encodes nothing stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
