import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import tls, { type PeerCertificate } from 'node:tls';
import { type Check, failed, ok, reasonOf, skipped } from './check.ts';

/** Whether the hub can be reached at all: name, TCP, TLS, and what may stand in the way. */

export interface Endpoint {
  host: string;
  port: number;
}

const TIMEOUT_MS = 5000;

/** `host:port`, an IPv6 host in brackets. */
export function parseEndpoint(text: string): Endpoint {
  const at = text.lastIndexOf(':');
  return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) };
}

export async function checkName({ host }: Endpoint): Promise<Check> {
  const name = 'DNS';
  if (isIP(host)) return ok(name, `${host} is an address, nothing to look up`);
  try {
    const addresses = await lookup(host, { all: true });
    return ok(name, `${host} is ${addresses.map(({ address }) => address).join(', ')}`);
  } catch (error) {
    return failed(name, `${host}: ${reasonOf(error)}`, "Check the name, or use the hub's IP address.");
  }
}

export function checkTcp({ host, port }: Endpoint): Promise<Check> {
  const name = 'TCP';
  const at = `${host}:${port}`;
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: TIMEOUT_MS });
    const end = (check: Check): void => {
      socket.destroy();
      resolve(check);
    };
    socket.once('connect', () => end(ok(name, `${at} accepts connections`)));
    socket.once('timeout', () =>
      end(failed(name, `${at} does not answer within ${TIMEOUT_MS / 1000} s`, 'A firewall or a route is in the way.')),
    );
    socket.once('error', (error: Error & { code?: string }) => {
      const refused = error.code === 'ECONNREFUSED';
      const fix = refused ? 'Check the port, and that the hub runs.' : 'Check routes and firewalls on the way there.';
      end(failed(name, `${at}: ${refused ? 'nothing listens there' : error.message}`, fix));
    });
  });
}

export interface TlsResult {
  check: Check;
  /** Of the server, or of what stands before it. */
  certificate?: PeerCertificate;
}

/** A handshake that trusts whoever answers; in a tunnel, if one is given. */
export function checkTls({ host, port }: Endpoint, now: number, tunnel?: Socket): Promise<TlsResult> {
  const name = 'TLS';
  const at = `${host}:${port}`;
  const names = isIP(host) ? {} : { servername: host };
  const way = tunnel ? { socket: tunnel } : {};
  return new Promise((resolve) => {
    const socket = tls.connect({ host, port, ...names, ...way, rejectUnauthorized: false, timeout: TIMEOUT_MS });
    const end = (result: TlsResult): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate();
      end({ check: validityOf(name, at, certificate, now), certificate });
    });
    const fix = 'Something else listens on this port, or a proxy cuts TLS off.';
    socket.once('timeout', () => end({ check: failed(name, `${at} does not finish the handshake`, fix) }));
    socket.once('error', (error) => end({ check: failed(name, `${at}: ${reasonOf(error)}`, fix) }));
  });
}

/** Common name of who signed it. */
export function issuerOf({ issuer }: PeerCertificate): string {
  return [issuer?.CN ?? 'nobody'].flat().join(', ');
}

function validityOf(name: string, at: string, certificate: PeerCertificate, now: number): Check {
  const [from, to] = [Date.parse(certificate.valid_from), Date.parse(certificate.valid_to)];
  const issuer = issuerOf(certificate);
  const clocks = 'Compare the clocks of both sides; see the check of the clock below.';
  if (now < from) return failed(name, `the certificate at ${at} begins at ${certificate.valid_from}`, clocks);
  if (now > to) return failed(name, `the certificate at ${at} ended at ${certificate.valid_to}`, clocks);
  return ok(name, `${at} shows a certificate issued by ${issuer}`);
}

export const noNetwork = (name: string): Check => skipped(name, 'the hub can not be reached');
