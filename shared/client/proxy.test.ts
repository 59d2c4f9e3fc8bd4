import { describe, expect, test } from 'vitest';
import { parseProxyUrl, proxyFor } from './proxy.ts';
import { type Environment, proxyFromEnvironment } from './proxy-environment.ts';

/** The cases are those of Go's httpproxy, whose rules kubectl follows. */
describe('the environment', () => {
  const proxy = 'http://proxy:3128';
  test.each<[string, Environment, string, string | undefined]>([
    ['HTTPS_PROXY is for https', { HTTPS_PROXY: proxy, HTTP_PROXY: 'http://other' }, 'https://hub', 'HTTPS_PROXY'],
    ['HTTP_PROXY is for http', { HTTPS_PROXY: proxy, HTTP_PROXY: 'http://other' }, 'http://hub', 'HTTP_PROXY'],
    ['HTTP_PROXY is not for https', { HTTP_PROXY: proxy }, 'https://hub', undefined],
    ['lower case counts', { https_proxy: proxy }, 'https://hub', 'https_proxy'],
    ['upper case wins', { https_proxy: 'http://other', HTTPS_PROXY: proxy }, 'https://hub', 'HTTPS_PROXY'],
    ['an empty one is none', { HTTPS_PROXY: '' }, 'https://hub', undefined],
    ['ALL_PROXY means nothing', { ALL_PROXY: proxy }, 'https://hub', undefined],
    ['localhost is never proxied', { HTTPS_PROXY: proxy }, 'https://localhost:6443', undefined],
    ['nor 127/8', { HTTPS_PROXY: proxy }, 'https://127.1.2.3:6443', undefined],
    ['nor ::1', { HTTPS_PROXY: proxy }, 'https://[::1]:6443', undefined],
    ['nor loopback that is mapped', { HTTPS_PROXY: proxy }, 'https://[::ffff:127.0.0.1]:6443', undefined],
    ['but a name like it', { HTTPS_PROXY: proxy }, 'https://localhost.example.com', 'HTTPS_PROXY'],
  ])('%s', (_what, env, server, variable) => {
    expect(proxyFromEnvironment(env, new URL(server))?.variable).toBe(variable);
  });

  test.each<[string, string, boolean]>([
    ['*', 'https://hub.example.com', true],
    ['*, other', 'https://hub.example.com', true],
    ['', 'https://hub.example.com', false],
    [' , ,', 'https://hub.example.com', false],
    ['example.com', 'https://example.com', true],
    ['example.com', 'https://hub.example.com', true],
    ['EXAMPLE.com', 'https://Hub.Example.COM', true],
    ['example.com', 'https://myexample.com', false],
    ['.example.com', 'https://hub.example.com', true],
    ['.example.com', 'https://example.com', false],
    ['*.example.com', 'https://hub.example.com', true],
    ['*.example.com', 'https://example.com', false],
    ['hub.example.com', 'https://example.com', false],
    ['a.test, example.com ,b.test', 'https://example.com', true],
    ['example.com:6443', 'https://example.com:6443', true],
    ['example.com:6443', 'https://example.com:443', false],
    ['example.com:443', 'https://example.com', true],
    ['.example.com:443', 'https://hub.example.com', true],
    ['10.1.2.3', 'https://10.1.2.3:6443', true],
    ['10.1.2.3', 'https://10.1.2.4:6443', false],
    ['10.1.2.3:6443', 'https://10.1.2.3:6443', true],
    ['10.1.2.3:443', 'https://10.1.2.3:6443', false],
    ['10.0.0.0/8', 'https://10.1.2.3:6443', true],
    ['10.0.0.0/16', 'https://10.1.2.3:6443', false],
    ['0.0.0.0/0', 'https://10.1.2.3:6443', true],
    ['10.0.0.0/8', 'https://hub.example.com', false],
    ['10.0.0.0/40', 'https://10.1.2.3:6443', false],
    ['10.0.0.0/8:6443', 'https://10.1.2.3:6443', false],
    ['10.', 'https://10.1.2.3:6443', false],
    ['2001:db8::1', 'https://[2001:db8::1]:6443', true],
    ['2001:db8:0::1', 'https://[2001:db8::1]:6443', true],
    ['[2001:db8::1]:6443', 'https://[2001:db8::1]:6443', true],
    ['[2001:db8::1]:443', 'https://[2001:db8::1]:6443', false],
    ['2001:db8::/32', 'https://[2001:db8:1::1]:6443', true],
    ['2001:db8::/32', 'https://[2001:db9::1]:6443', false],
    [':6443', 'https://hub.example.com:6443', false],
    ['http://example.com', 'https://example.com', false],
  ])('NO_PROXY=%s and %s', (exceptions, server, isExcepted) => {
    for (const name of ['NO_PROXY', 'no_proxy']) {
      const env = { HTTPS_PROXY: proxy, [name]: exceptions };
      expect(proxyFromEnvironment(env, new URL(server)) === undefined).toBe(isExcepted);
    }
  });
});

describe('the proxy of a server', () => {
  const env = { HTTPS_PROXY: 'http://fromenv:1' };
  const hub = new URL('https://hub:6443');

  test('is that of the kubeconfig before that of the environment, even for loopback', () => {
    expect(proxyFor({ proxyUrl: 'http://own:2' }, hub, env)).toMatchObject({ host: 'own', port: 2 });
    const { name } = proxyFor({ proxyUrl: 'http://own:2' }, new URL('https://127.0.0.1'), env) ?? {};
    expect(name).toBe('http://own:2 (proxy-url)');
  });

  test('is that of the environment where the kubeconfig has none, and none where it is said to be none', () => {
    expect(proxyFor({}, hub, env)?.name).toBe('http://fromenv:1 (HTTPS_PROXY)');
    expect(proxyFor({ proxyUrl: '' }, hub, env)).toBeUndefined();
    expect(proxyFor({}, hub, {})).toBeUndefined();
  });

  test('may be without a scheme in the environment', () => {
    const proxy = proxyFor({}, hub, { HTTPS_PROXY: 'me:word@proxy:3128' });
    expect(proxy).toMatchObject({ protocol: 'http:', port: 3128, auth: { username: 'me', password: 'word' } });
  });

  test.each<[string, object]>([
    ['http://proxy', { protocol: 'http:', host: 'proxy', port: 80 }],
    ['https://proxy', { protocol: 'https:', port: 443 }],
    ['socks5://proxy', { protocol: 'socks5:', port: 1080 }],
    ['http://[2001:db8::1]:3128', { host: '2001:db8::1', port: 3128 }],
    ['http://u%40d:p%3Aw@proxy:1', { auth: { username: 'u@d', password: 'p:w' } }],
    ['http://u:100%@proxy:1', { auth: { username: 'u', password: '100%' } }],
  ])('%s', (text, expected) => {
    expect(parseProxyUrl(text, 'x')).toMatchObject(expected);
  });

  test('has a name without user and password', () => {
    expect(parseProxyUrl('http://me:word@proxy:3128', 'proxy-url').name).toBe('http://proxy:3128 (proxy-url)');
  });

  test.each<[string, RegExp]>([
    ['socks4://me:word@proxy', /^HTTPS_PROXY does not name a proxy: the scheme socks4:\/\/ is not supported; give /],
    ['ftp://proxy', /scheme ftp:\/\/ is not supported/],
    ['me:word@proxy:1', /it is no URL|not supported/],
    ['http://', /it is no URL/],
    ['http://me:word@proxy:no', /it is no URL/],
  ])('that is %s is refused without repeating it', (text, message) => {
    const parse = () => parseProxyUrl(text, 'HTTPS_PROXY');
    expect(parse).toThrow(message);
    expect(parse).not.toThrow(/word/);
  });
});
