import { isIP, SocketAddress } from 'node:net';
import { addWork } from './budget.ts';
import type { CelFunction, CelFunctions } from './cel-function.ts';
import { CelError, type CelValue, Opaque } from './cel-value.ts';
import { CIDR_TYPE, IP_TYPE } from './opaque-values.ts';

/** IP addresses and ranges. Zones and IPv4 within IPv6 are none. Source: k8s.io/apiserver, `pkg/cel/library/ip.go` and `cidr.go`. */

interface Address {
  /** In the one form that is written. */
  text: string;
  family: 4 | 6;
  /** All of its bits. */
  number: bigint;
}

interface Range extends Address {
  address: Address;
  bits: number;
}

const kindOf = (family: 4 | 6): 'ipv4' | 'ipv6' => (family === 4 ? 'ipv4' : 'ipv6');

function parseAddress(text: string): Address | undefined {
  const family = isIP(text);
  if ((family !== 4 && family !== 6) || text.includes('%') || /^(0*:)*:?ffff:\d+\.\d+\.\d+\.\d+$/i.test(text))
    return undefined;
  addWork(PARSING_WORK);
  const { address } = new SocketAddress({ address: text, family: kindOf(family) });
  const written = family === 6 ? address.replace(DOTTED, groupsOf) : address;
  return { text: written, family, number: numberOf(written, family) };
}

/** An address of IPv4 at the end of another is written as that one's groups. */
const DOTTED = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/;
const groupsOf = (_: string, ...bytes: string[]): string => {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.slice(0, 4).map(Number);
  return [a * 256 + b, c * 256 + d].map((group) => group.toString(16)).join(':');
};

const PARSING_WORK = 500;

function parseRange(text: string): Range | undefined {
  const [, before = '', digits = ''] = /^([^/]*)\/(0|[1-9]\d*)$/.exec(text) ?? [];
  const address = parseAddress(before);
  const bits = Number(digits);
  if (!address || digits === '' || bits > (address.family === 4 ? 32 : 128)) return undefined;
  return { ...address, text: `${address.text}/${bits}`, address, bits };
}

const sizeOf = ({ family }: Address): number => (family === 4 ? 32 : 128);

function includes({ address, bits }: Range, other: Address): boolean {
  const rest = BigInt(sizeOf(address) - bits);
  return address.family === other.family && address.number >> rest === other.number >> rest;
}

function within(text: string): (address: Address) => boolean {
  const range = parseRange(text);
  return (address) => range !== undefined && includes(range, address);
}

/** The range's first address. */
function masked({ address, bits }: Range): Range {
  const rest = BigInt(sizeOf(address) - bits);
  const kept = (address.number >> rest) << rest;
  return rangeFrom(`${address.family === 4 ? dotted(kept) : colons(kept)}/${bits}`);
}

const dotted = (value: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
const colons = (value: bigint): string =>
  Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16)).join(':');

function numberOf(text: string, family: 4 | 6): bigint {
  if (family === 4) return text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [head = [], tail = []] = text.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

const addressOf = (value: CelValue | undefined): Address | undefined =>
  value instanceof Opaque && value.type === IP_TYPE ? (value.value as Address) : undefined;
const rangeOf = (value: CelValue | undefined): Range | undefined =>
  value instanceof Opaque && value.type === CIDR_TYPE ? (value.value as Range) : undefined;

const ofAddress =
  (run: (address: Address) => CelValue): CelFunction =>
  (value) => {
    const address = addressOf(value);
    return address && run(address);
  };

const ofRange =
  (run: (range: Range) => CelValue): CelFunction =>
  (value) => {
    const range = rangeOf(value);
    return range && run(range);
  };

function addressFrom(text: string): Address {
  const address = parseAddress(text);
  if (!address) throw new CelError(`IP Address ${JSON.stringify(text)} parse error during conversion from string`);
  return address;
}

function rangeFrom(text: string): Range {
  const range = parseRange(text);
  if (!range) throw new CelError(`network address parse error during conversion from string: ${JSON.stringify(text)}`);
  return range;
}

const isEither =
  (...tests: ((address: Address) => boolean)[]): ((address: Address) => boolean) =>
  (address) =>
    tests.some((test) => test(address));

const isUnspecified = ({ text }: Address): boolean => text === '0.0.0.0' || text === '::';
const isLoopback = isEither(within('127.0.0.0/8'), ({ text }) => text === '::1');
const isLinkLocal = isEither(within('169.254.0.0/16'), within('fe80::/10'));
const isMulticast = isEither(within('224.0.0.0/4'), within('ff00::/8'));
const isLocalMulticast = isEither(within('224.0.0.0/24'), ({ text }) => /^ff[0-9a-f]2:/.test(text));
const isUnusual = isEither(
  isUnspecified,
  isLoopback,
  isLinkLocal,
  isMulticast,
  ({ text }) => text === '255.255.255.255',
);

export const networkFunctions: CelFunctions = {
  isIP: (text) => (typeof text === 'string' ? parseAddress(text) !== undefined : undefined),
  ip: (value) => {
    if (typeof value === 'string') return new Opaque(IP_TYPE, addressFrom(value));
    const range = rangeOf(value);
    return range && new Opaque(IP_TYPE, range.address);
  },
  'ip.isCanonical': (text) => (typeof text === 'string' ? addressFrom(text).text === text : undefined),
  family: ofAddress(({ family }) => BigInt(family)),
  isUnspecified: ofAddress(isUnspecified),
  isLoopback: ofAddress(isLoopback),
  isLinkLocalUnicast: ofAddress(isLinkLocal),
  isLinkLocalMulticast: ofAddress(isLocalMulticast),
  isGlobalUnicast: ofAddress((address) => !isUnusual(address)),
  isCIDR: (text) => (typeof text === 'string' ? parseRange(text) !== undefined : undefined),
  cidr: (text) => (typeof text === 'string' ? new Opaque(CIDR_TYPE, rangeFrom(text)) : undefined),
  containsIP: (range, value) => {
    const [own, address] = [rangeOf(range), typeof value === 'string' ? parseAddress(value) : addressOf(value)];
    return own && address && includes(own, address);
  },
  containsCIDR: (range, value) => {
    const [own, other] = [rangeOf(range), typeof value === 'string' ? parseRange(value) : rangeOf(value)];
    return own && other && other.bits >= own.bits && includes(own, other.address);
  },
  prefixLength: ofRange(({ bits }) => BigInt(bits)),
  masked: ofRange((range) => new Opaque(CIDR_TYPE, masked(range))),
};
