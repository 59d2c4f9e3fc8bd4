import { BlockList, isIP } from 'node:net';

/** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for a server, and the variable that does; undefined for none. The rules are those of Go's
 * http.ProxyFromEnvironment (golang.org/x/net/http/httpproxy), so that what works with kubectl works here: upper case before lower case, never for
 * loopback, NO_PROXY with names, suffixes, addresses, networks, and ports. ALL_PROXY means nothing there, nor here.
 */
export function proxyFromEnvironment(env: Environment, server: URL): { url: string; variable: string } | undefined {
  const names = server.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy'];
  const variable = names.find((name) => env[name]);
  const url = variable === undefined ? undefined : env[variable];
  if (variable === undefined || !url) return undefined;
  const target = targetOf(server);
  if (isLoopback(target.host) || isExcepted(target, env['NO_PROXY'] || env['no_proxy'] || '')) return undefined;
  return { url, variable };
}

interface Target {
  /** Lower case, an IPv6 address without brackets. */
  host: string;
  port: string;
}

function targetOf({ hostname, port, protocol }: URL): Target {
  const host = unbracketed(hostname.toLowerCase());
  return { host, port: port || (protocol === 'https:' ? '443' : '80') };
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isLoopback(host: string): boolean {
  return host === 'localhost' || isListed(loopback, host);
}

function isListed(list: BlockList, host: string): boolean {
  const version = isIP(host);
  return version !== 0 && list.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

function isExcepted(target: Target, exceptions: string): boolean {
  const entries = exceptions.split(',').map((entry) => entry.trim().toLowerCase());
  return entries.some((entry) => entry === '*' || (entry !== '' && matches(target, entry)));
}

/** `entry` is a network, or a host with or without a port. */
function matches(target: Target, entry: string): boolean {
  const network = /^(.+)\/(\d+)$/.exec(entry);
  if (network?.[1] && isIP(network[1])) return isInNetwork(target.host, network[1], Number(network[2]));
  const { host, port } = splitPort(entry);
  if (host === '' || (port !== '' && port !== target.port)) return false;
  return isIP(host) ? isSameAddress(host, target.host) : isInDomain(target.host, host);
}

function isInNetwork(host: string, address: string, bits: number): boolean {
  const isV4 = isIP(address) === 4;
  if (bits > (isV4 ? 32 : 128)) return false;
  const list = new BlockList();
  list.addSubnet(address, bits, isV4 ? 'ipv4' : 'ipv6');
  return isListed(list, host);
}

function isSameAddress(listed: string, host: string): boolean {
  const list = new BlockList();
  list.addAddress(listed, isIP(listed) === 4 ? 'ipv4' : 'ipv6');
  return isListed(list, host);
}

/** `example.com` is that name and all below it; `.example.com` and `*.example.com` only those below. */
function isInDomain(host: string, listed: string): boolean {
  const suffix = listed.startsWith('*.') ? listed.slice(1) : listed;
  if (suffix.startsWith('.')) return host.endsWith(suffix);
  return host === suffix || host.endsWith(`.${suffix}`);
}

function splitPort(entry: string): { host: string; port: string } {
  const [, host = entry, port = ''] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  return { host: unbracketed(host), port };
}

function unbracketed(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
