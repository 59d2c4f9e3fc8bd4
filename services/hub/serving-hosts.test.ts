import { expect, test } from 'vitest';
import { defaultAdvertisedHost, serverUrl, servingHosts } from './serving-hosts.ts';

test('the certificate is for the address listened on, the advertised one and the machine itself, each once', () => {
  expect(servingHosts('127.0.0.1', 'hub.example.com')).toEqual(['127.0.0.1', 'hub.example.com', 'localhost', '::1']);
});

test('a hub that listens on every address does not advertise that', () => {
  for (const every of ['0.0.0.0', '::', '']) {
    expect(['0.0.0.0', '::', '']).not.toContain(defaultAdvertisedHost(every));
    expect(servingHosts(every, 'h')).not.toContain(every);
  }
  expect(defaultAdvertisedHost('10.1.2.3')).toBe('10.1.2.3');
});

test.each([
  ['hub.example.com', 'https://hub.example.com:6443'],
  ['fd00::1', 'https://[fd00::1]:6443'],
])('the URL of %s', (host, url) => {
  expect(serverUrl(host, 6443)).toBe(url);
});
