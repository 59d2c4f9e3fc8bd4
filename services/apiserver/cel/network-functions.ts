import { BlockList, isIP, SocketAddress } from 'node:net';
import type { CelFunction, CelFunctions } from './cel-function.ts';
import { CelError, type CelValue, Opaque } from './cel-value.ts';
import { CIDR_TYPE, IP_TYPE } from './opaque-values.ts';

/** IP addresses and ranges. Zones and IPv4 within IPv6 are none. Source: k8s.io/apiserver, `pkg/cel/library/ip.go` and `cidr.go`. */

interface Address {
  /** In the one form that is written. */
  text: string;
  family: 4 | 6;
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
  return { text: new SocketAddress({ address: text, family: kindOf(family) }).address, family };
}

function parseRange(text: string): Range | undefined {
  const [, before = '', digits = ''] = /^([^/]*)\/(0|[1-9]\d*)$/.exec(text) ?? [];
  const address = parseAddress(before);
  const bits = Number(digits);
  if (!address || digits === '' || bits > (address.family === 4 ? 32 : 128)) return undefined;
  return { text: `${address.text}/${bits}`, family: address.family, address, bits };
}

function includes({ address, bits }: Range, other: Address): boolean {
  if (address.family !== other.family) return false;
  const block = new BlockList();
  block.addSubnet(address.text, bits, kindOf(address.family));
  return block.check(other.text, kindOf(other.family));
}

const within =
  (text: string) =>
  (address: Address): boolean => {
    const range = parseRange(text);
    return range !== undefined && includes(range, address);
  };

/** The range's first address. */
function masked({ address, bits }: Range): Range {
  const size = address.family === 4 ? 32 : 128;
  const kept = (numberOf(address) >> BigInt(size - bits)) << BigInt(size - bits);
  const text = address.family === 4 ? dotted(kept) : colons(kept);
  return parseRange(`${text}/${bits}`) ?? { text, family: address.family, address, bits };
}

const dotted = (value: bigint): string => [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
const colons = (value: bigint): string =>
  Array.from({ length: 8 }, (_, index) => ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16)).join(':');

function numberOf({ text, family }: Address): bigint {
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

const isUnspecified = ({ text }: Address): boolean => text === '0.0.0.0' || text === '::';
const isLoopback = (address: Address): boolean => within('127.0.0.0/8')(address) || address.text === '::1';
const isLinkLocal = (address: Address): boolean => within('169.254.0.0/16')(address) || within('fe80::/10')(address);
const isMulticast = (address: Address): boolean => within('224.0.0.0/4')(address) || within('ff00::/8')(address);
const isLocalMulticast = (address: Address): boolean =>
  within('224.0.0.0/24')(address) || /^ff[0-9a-f]2:/.test(address.text);

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
  isGlobalUnicast: ofAddress(
    (address) =>
      !isUnspecified(address) &&
      !isLoopback(address) &&
      !isLinkLocal(address) &&
      !isMulticast(address) &&
      address.text !== '255.255.255.255',
  ),
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
