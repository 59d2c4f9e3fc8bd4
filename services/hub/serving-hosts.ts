import { networkInterfaces } from 'node:os';

/** Which names the serving certificate is for, and at which one members are told to reach the hub. */

const EVERY_ADDRESS = new Set(['', '0.0.0.0', '::']);

/** What clients may call the server: what it listens on, what it says of itself, and the names of the machine itself. */
export function servingHosts(listenHost: string, advertisedHost: string): string[] {
  const listening = EVERY_ADDRESS.has(listenHost) ? machineAddresses() : [listenHost];
  return [...new Set([...listening, advertisedHost, 'localhost', '127.0.0.1', '::1'])];
}

/** The host to advertise when none is given: the listen address, or the machine's first address where it listens on all. */
export function defaultAdvertisedHost(listenHost: string): string {
  return EVERY_ADDRESS.has(listenHost) ? (machineAddresses()[0] ?? '127.0.0.1') : listenHost;
}

export function serverUrl(host: string, port: number): string {
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Addresses that others can reach, IPv4 first. */
function machineAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outward = all.filter(({ internal, address }) => !internal && !address.startsWith('fe80:'));
  return outward.sort((a, b) => a.family.localeCompare(b.family)).map(({ address }) => address);
}
