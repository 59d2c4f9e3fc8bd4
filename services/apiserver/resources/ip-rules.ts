import { BlockList, isIP, SocketAddress } from 'node:net';

/** IP addresses and ranges in fields that are older than today's rules, in upstream's words. Source: apimachinery, util/validation/ip.go. */

const IP_TEXT = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
const CIDR_TEXT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** What old programs read: zeros before a number were once allowed. Zones never were. What is long is none anyway, and is not looked through. */
const withoutZeros = (ip: string): string =>
  ip.length > 100 ? ip : ip.replace(/(?<![\d:a-f])0+(?=\d)(?=[\d.]*$)/gi, '');
const isAddress = (ip: string): boolean => isIP(ip) > 0 && !ip.includes('%');
const isMapped = (ip: string): boolean => /^(0*:)*:?ffff:(\d+\.\d+\.\d+\.\d+|[\da-f]{1,4}:[\da-f]{1,4})$/i.test(ip);

/** What is wrong with an address; nothing if it is fine. */
export function ipTexts(ip: string): string[] {
  if (!isAddress(ip)) return [isAddress(withoutZeros(ip)) ? 'must not have leading 0s' : IP_TEXT];
  return isMapped(ip) ? ['must not be an IPv4-mapped IPv6 address'] : [];
}

/** Of fields and names that came after today's rules. */
export function strictIpTexts(ip: string): string[] {
  const texts = ipTexts(ip);
  if (texts.length > 0 || canonical(ip) === ip) return texts;
  return [`must be in canonical form (${JSON.stringify(canonical(ip))})`];
}

export function strictCidrTexts(text: string): string[] {
  const texts = cidrTexts(text);
  const cidr = parseCidr(text);
  const better = cidr && `${canonical(cidr.address)}/${cidr.bits}`;
  if (texts.length > 0 || better === undefined || better === text) return texts;
  return [`must be in canonical form (${JSON.stringify(better)})`];
}

/** Of the address of a network interface, with how much of it is that of its network. */
export function interfaceTexts(text: string): string[] {
  const cidr = parseOldCidr(text);
  if (!cidr) return ['must be a valid address in CIDR form, (e.g. 10.9.8.7/24 or 2001:db8::1/64)'];
  const { address, bits } = cidr;
  const better = isMapped(address)
    ? `${canonical(address).replace(/^::ffff:/, '')}/${bits > 32 ? bits - 96 : bits}`
    : `${canonical(address)}/${bits}`;
  return better === text ? [] : [`must be in canonical form (${JSON.stringify(better)})`];
}

/** 4, 6, or 0 of what is no range. */
export const familyOfCidr = (text: string): number => isIP(parseOldCidr(text)?.address ?? '');

/** Addresses at which nothing outside of a machine or its link can be. */
const SPECIAL: [name: string, ranges: [address: string, bits: number][]][] = [
  [
    'in the loopback range (127.0.0.0/8, ::1/128)',
    [
      ['127.0.0.0', 8],
      ['::1', 128],
    ],
  ],
  [
    'in the link-local range (169.254.0.0/16, fe80::/10)',
    [
      ['169.254.0.0', 16],
      ['fe80::', 10],
    ],
  ],
  [
    'in the link-local multicast range (224.0.0.0/24, ff02::/10)',
    [
      ['224.0.0.0', 24],
      ['ff02::', 16],
    ],
  ],
];

/** Of an address that is well-formed: why it can't be one that others reach. */
export function endpointTexts(ip: string): string[] {
  const unspecified = /^(0\.0\.0\.0|[0:]+)$/.test(ip) ? [`may not be unspecified (${ip})`] : [];
  const special = SPECIAL.filter(([, ranges]) => ranges.some(([address, bits]) => isWithin(ip, address, bits)));
  return [...unspecified, ...special.map(([name]) => `may not be ${name}`)];
}

const familyOf = (ip: string): 'ipv4' | 'ipv6' => (isIP(ip) === 4 ? 'ipv4' : 'ipv6');

function isWithin(ip: string, address: string, bits: number): boolean {
  if (familyOf(ip) !== familyOf(address)) return false;
  const block = new BlockList();
  block.addSubnet(address, bits, familyOf(address));
  return block.check(ip, familyOf(ip));
}

export interface Cidr {
  address: string;
  bits: number;
}

/** Undefined for what is no range. */
function parseCidr(text: string): Cidr | undefined {
  const [, address = '', digits = ''] = /^([^/]*)\/(\d+)$/.exec(text) ?? [];
  const bits = Number(digits);
  return isAddress(address) && bits <= (isIP(address) === 4 ? 32 : 128) ? { address, bits } : undefined;
}

/** As old programs read it. */
export const parseOldCidr = (text: string): Cidr | undefined => parseCidr(text.split('/').map(withoutZeros).join('/'));

/** Smaller, and wholly inside. */
export const isInside = (inner: Cidr, { address, bits }: Cidr): boolean =>
  inner.bits > bits && isWithin(inner.address, address, bits);

/** What is wrong with a range; nothing if it is fine. */
export function cidrTexts(text: string): string[] {
  const at = text.lastIndexOf('/');
  const [address, bits] = [text.slice(0, Math.max(at, 0)), text.slice(at + 1)];
  const sloppy = parseCidr(`${withoutZeros(address)}/${bits}`);
  const cidr = parseCidr(text);
  if (!sloppy) return [CIDR_TEXT];
  if (!cidr || /^0\d/.test(bits)) return ['must not have leading 0s in IP or prefix length'];
  if (isMapped(address)) return ['must not have an IPv4-mapped IPv6 address'];
  return hasBitsBeyond(cidr) ? ['must not have bits set beyond the prefix length'] : [];
}

function hasBitsBeyond({ address, bits }: Cidr): boolean {
  const size = isIP(address) === 4 ? 32 : 128;
  return (numberOf(address) & ((1n << BigInt(size - bits)) - 1n)) !== 0n;
}

function numberOf(address: string): bigint {
  if (isIP(address) === 4) return address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
  const [before = '', after] = canonical(address).split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [head, tail] = [groups(before), groups(after ?? '')];
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return [...head, ...zeros, ...tail].reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

/** As RFC 5952 wants it. */
function canonical(ip: string): string {
  const { address } = new SocketAddress({ address: ip, family: familyOf(ip) });
  const [, tail] = /^::(\d+(?:\.\d+){3})$/.exec(address) ?? [];
  if (tail === undefined) return address;
  // Only those that stand for an IPv4 address are written with dots.
  const [a = 0, b = 0, c = 0, d = 0] = tail.split('.').map(Number);
  return `::${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

/** Of an address that is stored as it is, although another form is better. */
export function ipWarnings(field: string, ip: string): string[] {
  const plain = withoutZeros(ip);
  if (!isAddress(plain)) return [];
  if (plain !== ip || isMapped(ip)) {
    const better = canonical(plain).replace(/^::ffff:/, '');
    return [`${field}: non-standard IP address ${JSON.stringify(ip)} is invalid: use ${JSON.stringify(better)}`];
  }
  const better = JSON.stringify(canonical(ip));
  const text = `should be in RFC 5952 canonical format (${better})`;
  return JSON.stringify(ip) === better ? [] : [`${field}: IPv6 address ${JSON.stringify(ip)} ${text}`];
}

export function cidrWarnings(field: string, text: string): string[] {
  const cidr = parseCidr(text);
  const better = cidr && `${canonical(cidr.address)}/${cidr.bits}`;
  if (better === undefined || better === text) return [];
  return [
    `${field}: IPv6 CIDR value ${JSON.stringify(text)} should be in RFC 5952 canonical format (${JSON.stringify(better)})`,
  ];
}
