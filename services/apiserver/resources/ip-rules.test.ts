import { expect, test } from 'vitest';
import { cidrTexts, cidrWarnings, endpointTexts, interfaceTexts, ipTexts, ipWarnings } from './ip-rules.ts';

test.each([
  ['1.2.3.4', ''],
  ['2001:db8::1', ''],
  ['::', ''],
  ['x', 'must be a valid IP address'],
  ['', 'must be a valid IP address'],
  ['1.2.3', 'must be a valid IP address'],
  ['fe80::1%eth0', 'must be a valid IP address'],
  ['01.2.3.4', 'leading 0s'],
  ['1.2.3.004', 'leading 0s'],
  ['::ffff:1.2.3.4', 'IPv4-mapped'],
  ['::ffff:102:304', 'IPv4-mapped'],
  ['0:0:0:0:0:ffff:1.2.3.4', 'IPv4-mapped'],
])('the address %j is told: %s', (ip, text) => {
  expect(ipTexts(ip).join()).toMatch(text === '' ? /^$/ : text);
});

test('what is far too long is no address, and is told so at once', () => {
  expect(ipTexts(`1.${'0.'.repeat(200_000)}!`).join()).toMatch('must be a valid IP address');
});

test.each([
  ['1.2.3.4', ''],
  ['0.0.0.0', 'unspecified'],
  ['::', 'unspecified'],
  ['127.1.2.3', 'loopback'],
  ['::1', 'loopback'],
  ['169.254.9.9', 'link-local range'],
  ['febf::1', 'link-local range'],
  ['224.0.0.7', 'multicast'],
  ['224.0.1.7', ''],
  ['ff02::5', 'multicast'],
  ['ff03::5', ''],
])('at %s others reach: %s', (ip, text) => {
  expect(endpointTexts(ip).join()).toMatch(text === '' ? /^$/ : text);
});

test.each([
  ['10.0.0.0/8', ''],
  ['0.0.0.0/0', ''],
  ['::/0', ''],
  ['2001:db8::/32', ''],
  ['x', 'valid CIDR'],
  ['10.0.0.0', 'valid CIDR'],
  ['10.0.0.0/33', 'valid CIDR'],
  ['10.0.0.0/8/8', 'valid CIDR'],
  ['10.0.0.1/8', 'bits set beyond'],
  ['2001:db8::1/64', 'bits set beyond'],
  ['010.0.0.0/8', 'leading 0s'],
  ['10.0.0.0/08', 'leading 0s'],
  ['::ffff:1.2.3.0/120', 'IPv4-mapped'],
])('the range %j is told: %s', (cidr, text) => {
  expect(cidrTexts(cidr).join()).toMatch(text === '' ? /^$/ : text);
});

test('other forms than the best are told of', () => {
  expect(ipWarnings('f', '1.2.3.4')).toEqual([]);
  expect(ipWarnings('f', '2001:DB8:0:0::1').join()).toContain('"2001:db8::1"');
  expect(ipWarnings('f', '01.2.3.4').join()).toContain('use "1.2.3.4"');
  expect(ipWarnings('f', '::ffff:1.2.3.4').join()).toContain('use "1.2.3.4"');
  expect(cidrWarnings('f', '10.0.0.0/8')).toEqual([]);
  expect(cidrWarnings('f', '2001:DB8::/32').join()).toContain('"2001:db8::/32"');
});

test.each([
  ['10.9.8.7/24', ''],
  ['2001:db8::1/64', ''],
  ['10.9.8.7', 'must be a valid address in CIDR form'],
  ['10.9.8.7/33', 'must be a valid address in CIDR form'],
  ['010.9.8.7/024', 'must be in canonical form ("10.9.8.7/24")'],
  ['2001:DB8::1/64', 'must be in canonical form ("2001:db8::1/64")'],
  ['::ffff:1.2.3.4/120', 'must be in canonical form ("1.2.3.4/24")'],
])('the address of an interface %j is told: %s', (address, text) => {
  expect(interfaceTexts(address).join().startsWith(text)).toBe(true);
  expect(interfaceTexts(address)).toHaveLength(text === '' ? 0 : 1);
});
