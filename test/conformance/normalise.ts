/**
 * Takes out of an answer what no two servers have in common: uids, times, resourceVersions, generated names, addresses and ports given out,
 * continue tokens. Each becomes a mark with its number in the order of first sight, so that sameness, change and order still count.
 */

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

export interface Normaliser {
  /** Of a decoded body. */
  json(body: Json): Json;
  /** Of any text: a message, a kubectl output. */
  text(text: string): string;
}

const uidPattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const timePattern = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
const addressPattern = /\b10\.96\.\d+\.\d+\b/g;
const credentialPattern = /X509SHA256=[0-9a-f]{64}/g;
const tokenPattern = /\beyJ[\w-]+\.[\w-]+\.[\w-]+/g;
const hostPattern = /127\.0\.0\.1:\d+/g;
const serverPattern = /https:\/\/127\.0\.0\.1:\d+/g;
const nodePorts = { from: 30_000, to: 32_767 };
const PORTS = ['nodePort', 'healthCheckNodePort'];
const dayMs = 24 * 3600_000;

export function newNormaliser(now: () => number = Date.now): Normaliser {
  const uids = newMarks('uid');
  const versions = newMarks('rv');
  const addresses = newMarks('ip');
  const ports = newMarks('port');
  const generated = new Map<string, string>();

  const isNow = (time: string): boolean => Math.abs(Date.parse(time) - now()) < dayMs;
  const text = (value: string): string => {
    let result = value
      .replace(uidPattern, (uid) => uids.mark(uid))
      .replace(timePattern, (time) => (isNow(time) ? '<time>' : time))
      .replace(addressPattern, (address) => addresses.mark(address))
      .replace(serverPattern, '<server>')
      .replace(/(resource ?version[^:]*: )(\d+)( \(\d+\))?/gi, (_, words: string) => `${words}<rv>`)
      .replace(/, current: \d+/, ', current: <rv>')
      .replace(/(in precondition|in object meta|precondition|record) \(?\d+\)?/g, '$1 <rv>')
      .replace(tokenPattern, '<token>')
      .replace(credentialPattern, 'X509SHA256=<certificate>')
      .replace(hostPattern, '<server>')
      .replace(/\bselfType\d+/g, 'selfType')
      .replace(/(duplicate nodePort: \{\w+ )\d+/, '$1<port>');
    for (const [name, mark] of generated) result = result.replaceAll(name, mark);
    return result;
  };
  const learnName = (value: { [name: string]: Json }): void => {
    const { generateName, name } = value;
    if (typeof generateName !== 'string' || typeof name !== 'string' || generated.has(name)) return;
    const base = name.slice(0, -5);
    if (base !== '' && generateName.startsWith(base))
      generated.set(name, `${generateName}<generated-${generated.size}>`);
  };
  const field = (name: string, value: Json, isList: boolean): Json => {
    if (name === 'resourceVersion' && typeof value === 'string') {
      return isList || value === '' ? `<list-rv${value === '' ? '-empty' : ''}>` : versions.mark(value);
    }
    if (name === 'continue' && typeof value === 'string') return '<continue>';
    if (PORTS.includes(name) && typeof value === 'number' && value >= nodePorts.from && value <= nodePorts.to) {
      return ports.mark(String(value));
    }
    if (name === 'cells' && Array.isArray(value))
      return value.map((cell) => (/^(\d+m)?\d+s$/.test(String(cell)) ? '<age>' : visit(withoutPorts(cell))));
    if (name === 'managedFields' && Array.isArray(value)) return sortEntries(value.map((item) => visit(item)));
    return visit(value);
  };
  const visit = (value: Json, inList = false): Json => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map((item) => visit(item));
    if (typeof value !== 'object' || value === null) return value;
    if (value['kind'] === 'CustomResourceDefinition' && value['metadata']) {
      return visitFields({ ...value, metadata: withoutVersions(value['metadata']) }, inList);
    }
    return visitFields(value, inList);
  };
  const visitFields = (value: { [name: string]: Json }, inList: boolean): Json => {
    if (value['type'] === 'BOOKMARK')
      return { type: 'BOOKMARK', object: visit(withoutVersions(value['object'] ?? null)) };
    const isList = typeof value['kind'] === 'string' && /(List|Table)$/.test(value['kind']);
    return Object.fromEntries(
      Object.entries(value)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, item]) => [
          text(name),
          name === 'metadata' && isList ? visit(item, true) : field(name, item, inList),
        ]),
    );
  };
  /** A Table tells names before it shows whose they are. */
  const learnNames = (value: Json): void => {
    if (typeof value !== 'object' || value === null) return;
    if (!Array.isArray(value)) learnName(value);
    for (const item of Object.values(value)) learnNames(item);
  };
  const json = (body: Json): Json => {
    learnNames(body);
    return visit(body);
  };
  return { json, text };
}

/** A Service's cell of ports has node ports in it. */
function withoutPorts(cell: Json): Json {
  return typeof cell === 'string' ? cell.replace(/:3[0-2]\d{3}\//g, ':<port>/') : cell;
}

/** A bookmark's are the server's, not those of an object of the sequence. */
function withoutVersions(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutVersions);
  if (typeof value !== 'object' || value === null) return value;
  const { resourceVersion, ...rest } = value;
  const others = Object.entries(rest).map(([name, item]): [string, Json] => [name, withoutVersions(item)]);
  return { ...Object.fromEntries(others), ...(resourceVersion ? { hasVersion: true } : {}) };
}

/** Entries are ordered by time, and two servers need not have begun a second together. */
function sortEntries(entries: Json[]): Json[] {
  return entries.toSorted((a, b) => entryKey(a).localeCompare(entryKey(b)));
}

function entryKey(entry: Json): string {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return '';
  return [entry['manager'], entry['operation'], entry['subresource'], entry['apiVersion']].join(' ');
}

function newMarks(kind: string): { mark(value: string): string } {
  const known = new Map<string, string>();
  return {
    mark: (value) => {
      const mark = known.get(value) ?? `<${kind}-${known.size}>`;
      known.set(value, mark);
      return mark;
    },
  };
}
