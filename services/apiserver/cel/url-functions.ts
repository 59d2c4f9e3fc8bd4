import { addWork, CHARACTER_WORK } from './budget.ts';
import type { CelFunction, CelFunctions } from './cel-function.ts';
import { CelError, type CelValue, newList, newMap, Opaque } from './cel-value.ts';
import { URL_TYPE } from './opaque-values.ts';

/** Absolute URIs and absolute paths. Source: Go, net/url, ParseRequestURI. */

interface ParsedUrl {
  text: string;
  scheme: string;
  host: string;
  path: string;
  query: string;
}

/** For each character. */
const PARSING_WORK = 4;

const BAD_ESCAPE = /%(?![0-9a-fA-F]{2})/;

function parseUrl(text: string): ParsedUrl | undefined {
  addWork(text.length * PARSING_WORK);
  const [, scheme = '', rest = ''] = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(.*)$/s.exec(text) ?? [];
  const [, authority, path = '', query = ''] = /^(?:\/\/([^/?]*))?([^?]*)(?:\?(.*))?$/s.exec(rest) ?? [];
  if (text === '' || hasControl(text) || BAD_ESCAPE.test(path) || /[\s<>"{}|\\^`]/.test(authority ?? ''))
    return undefined;
  if (scheme === '' && !rest.startsWith('/')) return undefined;
  const host = (authority ?? '').replace(/^.*@/s, '');
  if (!/^(\[[^\]]*\]|[^:]*)(:\d*)?$/.test(host)) return undefined;
  return { text, scheme: scheme.toLowerCase(), host: decoded(host), path, query };
}

export const isUrl = (text: string): boolean => parseUrl(text) !== undefined;

function hasControl(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const ofUrl =
  (run: (url: ParsedUrl) => CelValue): CelFunction =>
  (value) => {
    if (!(value instanceof Opaque) || value.type !== URL_TYPE) return undefined;
    const url = value.value as ParsedUrl;
    addWork(url.host.length);
    return run(url);
  };

function queryOf(query: string): CelValue {
  addWork(query.length * CHARACTER_WORK);
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(query)) {
    const all = values.get(name) ?? [];
    all.push(value);
    values.set(name, all);
  }
  return newMap([...values].map(([name, all]): [CelValue, CelValue] => [name, newList(all)]));
}

export const urlFunctions: CelFunctions = {
  isURL: (text) => (typeof text === 'string' ? isUrl(text) : undefined),
  url: (text) => {
    if (typeof text !== 'string') return undefined;
    const url = parseUrl(text);
    if (!url)
      throw new CelError(
        `URL parse error during conversion from string: parse ${JSON.stringify(text)}: invalid URI for request`,
      );
    return new Opaque(URL_TYPE, url);
  },
  getScheme: ofUrl(({ scheme }) => scheme),
  getHost: ofUrl(({ host }) => host),
  getHostname: ofUrl(({ host }) => host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')),
  getPort: ofUrl(({ host }) => /:(\d*)$/.exec(host)?.[1] ?? ''),
  getEscapedPath: ofUrl(({ path }) => path),
  getQuery: ofUrl(({ query }) => queryOf(query)),
};
