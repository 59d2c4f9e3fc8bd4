/** The differences that are meant to be; each has its line in intended-differences.md, under the same name. */

import type { Json } from './normalise.ts';
import type { Compared } from './play.ts';
import type { Step } from './step.ts';

/** Both answers without what one intended difference is about. */
type Rule = (step: Step, answer: Compared) => Compared;

type Fields = { [name: string]: Json };

const isFields = (value: Json | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Replaces every value below a field of this name. */
function mapField(value: Json, name: string, change: (value: Json) => Json): Json {
  if (Array.isArray(value)) return value.map((item) => mapField(item, name, change));
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === name ? change(item) : mapField(item, name, change)]),
  );
}

const inBody =
  (change: (body: Json, step: Step) => Json): Rule =>
  (step, answer) => ({ ...answer, body: change(answer.body, step) });

const text = (change: (message: string) => string) => (value: Json) =>
  typeof value === 'string' ? change(value) : value;

const inMessages = (change: (message: string) => string): Rule =>
  inBody((body) => mapField(body, 'message', text(change)));

/** The causes in an order of ours; in the message, which is made of them, a mark for each. */
function causesInOrder(body: Fields): Fields {
  const { details, message } = body;
  if (!isFields(details) || !Array.isArray(details['causes']) || typeof message !== 'string') return body;
  const texts = details['causes'].map((cause) =>
    isFields(cause) ? `${String(cause['field'])}: ${String(cause['message'])}` : '',
  );
  const marked = texts
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, text) => rest.replaceAll(text, '<cause>'), message);
  return { ...body, message: marked, details: { ...details, causes: inOrder(details['causes']) } };
}

const inOrder = (items: Json[]): Json[] => items.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));

const sortedRules = (rules: Json): Json =>
  Array.isArray(rules) ? rules.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))) : rules;

function withoutOwnTraffic(owned: Json): Json {
  if (!isFields(owned)) return owned;
  const { 'f:internalTrafficPolicy': _, ...rest } = owned;
  return rest;
}

function namedWithoutTraffic(body: Fields): Fields {
  const { internalTrafficPolicy: _, ...spec } = body['spec'] as Fields;
  return { ...body, spec };
}

function withoutTrafficOfNames(body: Json): Json {
  if (Array.isArray(body)) return body.map(withoutTrafficOfNames);
  if (!isFields(body)) return body;
  if (isFields(body['spec']) && body['spec']['type'] === 'ExternalName')
    return mapField(namedWithoutTraffic(body), 'f:spec', withoutOwnTraffic);
  const { internalTrafficPolicy: _, ...spec } = body;
  if (body['type'] === 'ExternalName') return spec;
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, withoutTrafficOfNames(value)]));
}

const RUNNING_PARTS = /^(nodes|services)\/proxy$|^pods\/(attach|exec|log|portforward|proxy)$/;

const withoutRunningParts = (resources: Json): Json =>
  Array.isArray(resources)
    ? resources.filter((one) => !(isFields(one) && RUNNING_PARTS.test(String(one['name']))))
    : resources;

const withoutRunningSubresources = (subresources: Json): Json =>
  Array.isArray(subresources)
    ? subresources.filter((one) => !(isFields(one) && RUNNING_SUBRESOURCES.includes(String(one['subresource']))))
    : subresources;

const RUNNING_SUBRESOURCES: readonly string[] = ['attach', 'exec', 'log', 'portforward', 'proxy'];

/** Who allows is one of many; what is missing for them is told of all. */
const bindingsInOrder = (reason: string): string =>
  reason
    .replace(/^RBAC: allowed by .*/, 'RBAC: allowed')
    .replace(/(?<=RBAC: \[)[^\]]*/, (errors) => errors.split(', ').sort().join(', '));

/** Of an impersonated user. */
const extraFieldsOf = ({ headers = {} }: Step): number =>
  Object.keys(headers).filter((name) => /^impersonate-extra-/i.test(name)).length;

/** What stands for an answer that is not compared. */
const unasked: Compared = { status: 0, headers: {}, body: null };

function withoutOwners(metadata: Json): Json {
  if (!isFields(metadata)) return metadata;
  const { managedFields: _, ...rest } = metadata;
  return rest;
}

/** Upstream's controllers write the rest of the status a moment later, and come to own it. */
function definitionAsWritten({ metadata, status, ...rest }: Fields): Fields {
  const name = isFields(metadata) ? (metadata['name'] ?? null) : null;
  const storedVersions = isFields(status) ? (status['storedVersions'] ?? null) : null;
  return { ...rest, metadata: { name }, status: { storedVersions } };
}

/** Those that have causes. */
const CAUSED = ['Invalid', 'Conflict'];

/** Of a namespace that goes, also as the event of a watch. */
function finalizersInOrder(body: Json): Json {
  if (Array.isArray(body)) return body.map(finalizersInOrder);
  if (!isFields(body)) return body;
  if (isFields(body['object'])) return { ...body, object: finalizersInOrder(body['object']) };
  const { kind, metadata } = body;
  if (kind !== 'Namespace' || !isFields(metadata) || !metadata['deletionTimestamp']) return body;
  const { finalizers } = metadata;
  return Array.isArray(finalizers) ? { ...body, metadata: { ...metadata, finalizers: inOrder(finalizers) } } : body;
}

function withoutUnheeded(_step: Step, answer: Compared): Compared {
  const warning = answer.headers['warning']?.filter((text) => !text.includes('"this API server '));
  return { ...answer, headers: { ...answer.headers, warning: warning?.length ? warning : undefined } };
}

export const intendedDifferences: Readonly<Record<string, Rule>> = {
  'what nothing acts on': withoutUnheeded,
  'shown documents': inMessages((message) =>
    message.replace(/"\{.*\}": /s, '<document>: ').replace(/'\{.*\}'/s, '<document>'),
  ),
  'shown versions': inMessages((message) => message.replace(/\[\{"name":.*\}\]: /is, '<versions>: ')),
  'changes of a pod': inMessages((message) =>
    message.replace(/(if it was previously negative\)|containers "[^"]*" may not be changed)\n.*?(\]?)$/s, '$1$2'),
  ),
  'changes of a volume': inMessages((message) =>
    message
      .replace(/(spec\.persistentvolumesource is immutable after creation)\n.*?(\]?)$/s, '$1$2')
      .replace(/(and volumeAttributesClassName for bound claims)(\n[-+@ ].*)*\n?/, '$1'),
  ),
  'shown structs': inMessages((message) =>
    message.replace(
      /Invalid value: \{.*?\}: (field is immutable|spec of '[^']+'[^:]* must equal the fixed value)/gs,
      'Invalid value: <struct>: $1',
    ),
  ),
  'descriptions of columns': inBody((body) =>
    mapField(body, 'columnDefinitions', (columns) => mapField(columns, 'description', () => '')),
  ),
  'order of rules': inBody((body) =>
    mapField(mapField(body, 'resourceRules', sortedRules), 'nonResourceRules', sortedRules),
  ),
  'which binding allows': inBody((body) =>
    ['message', 'evaluationError', 'reason'].reduce((rest, name) => mapField(rest, name, text(bindingsInOrder)), body),
  ),
  'apply through a custom scale': (step, answer) =>
    step.path.includes('/widgets/') && step.path.endsWith('/scale') && step.contentType?.startsWith('application/apply')
      ? unasked
      : answer,
  'traffic of a name': inBody(withoutTrafficOfNames),
  'syntax of rules': inMessages((message) =>
    message.replace(
      /(ERROR: <input>:\d+:\d+: Syntax error: .*?\n \|.*?\n \|.*?[\^\uff3e](\n|(?=[,\]]|$)))+/gs,
      '<syntax>',
    ),
  ),
  'texts that libraries refuse': inMessages((message) =>
    message.replace(
      /((?:IP Address|CIDR|network address|URL|quantity).*? during conversion from string|Invalid character\(s\) found in).*?(?= evaluating rule: )/gs,
      '$1',
    ),
  ),
  'YAML mistakes': (step, answer) =>
    step.contentType?.includes('yaml') && step.raw?.startsWith('{}{')
      ? unasked
      : inMessages((message) =>
          message.replace(/(couldn't get version\/kind; yaml parse error: |yaml: ).*/s, '<YAML>'),
        )(step, answer),
  'order of extra fields': (step, answer) =>
    answer.status === 403 && extraFieldsOf(step) > 1 && JSON.stringify(answer.body).includes('cannot impersonate')
      ? { ...answer, body: '<may not impersonate>' }
      : answer,
  'watches of the future': (step, answer) =>
    step.isWatch && String(step.query?.['resourceVersion']).endsWith('>>00') && !step.query?.['sendInitialEvents']
      ? unasked
      : answer,
  'order of unknown fields': (step, answer) => (step.contentType === STRATEGIC ? unknownInOrder(answer) : answer),
  'order of errors of types': inMessages((message) =>
    message.replace(/(?<=errors:\n)( {2}.*\n?)+/, (lines) => lines.split('\n').sort().join('\n')),
  ),
  'paths of the index': inBody((body, { path }) => (path === '/' ? '<index>' : body)),
  'parts of running pods': inBody((body, { path }) => {
    if (/^\/api\/?$/.test(path)) return mapField(body, 'subresources', withoutRunningSubresources);
    return /^\/api\/v1\/?$/.test(path) ? mapField(body, 'resources', withoutRunningParts) : body;
  }),
  'nothing is connected': (step, answer) =>
    /\/(nodes|pods|services)\/[^/]+\/(attach|exec|log|portforward|proxy)\b/.test(step.path) && answer.status >= 500
      ? unasked
      : answer,
  'collections of no namespace': (step, answer) =>
    step.method === 'DELETE' && /\/namespaces\/\/[^/]+\/?$/.test(step.path) ? unasked : answer,
  'component statuses': (step, answer) =>
    step.path.endsWith('/componentstatuses') ? { ...unasked, headers: { warning: answer.headers['warning'] } } : answer,
  'older versions': inMessages((message) =>
    message.replace(
      /(no kind "Scale" is registered for version "extensions|converting \(v1beta1\.Scale\) to).*/,
      '<other>',
    ),
  ),
  'protobuf or JSON': (step, answer) => (/protobuf.*json/.test(step.accept ?? '') ? unasked : answer),
  'the version': inBody((body, { path }) => (path.startsWith('/version') && isFields(body) ? '<version>' : body)),
  'health checks': inBody((body, { path, query }) =>
    typeof body === 'string' && (query?.['verbose'] !== undefined || path.includes('verbose')) ? '<checks>' : body,
  ),
  'owners across versions': inBody((body, { path }) =>
    path.includes('/gears') ? mapField(body, 'metadata', withoutOwners) : body,
  ),
  'definitions at once': inBody((body) =>
    isFields(body) && body['kind'] === 'CustomResourceDefinition' ? definitionAsWritten(body) : body,
  ),
  'finalizers of a namespace': inBody((body) => finalizersInOrder(body)),
  // The last: others change the messages of causes.
  'order of causes': inBody((body) =>
    isFields(body) && CAUSED.includes(String(body['reason'])) ? causesInOrder(body) : body,
  ),
};

const STRATEGIC = 'application/strategic-merge-patch+json';

/** In the words of the refusal, or each in a warning. */
function unknownInOrder({ headers, ...answer }: Compared): Compared {
  const { warning } = headers;
  const body = mapField(answer.body, 'message', (message) =>
    String(message).replace(/unknown field "[^"]*\\?"(, unknown field "[^"]*")*/g, (fields) =>
      fields.split(', ').sort().join(', '),
    ),
  );
  return { ...answer, body, headers: { ...headers, warning: warning?.toSorted() } };
}

const UNDECLARED = 'field not declared in schema';

/** Upstream looks at no further field of a map when there is one that the schema doesn't declare. */
function tellsFewerErrors(embedded: Compared, upstream: Compared): boolean {
  const [ours, theirs] = [embedded, upstream].map(({ body }) => errorsOfTypes(body));
  if (!ours || !theirs?.some((line) => line.endsWith(UNDECLARED))) return false;
  return theirs.length < ours.length && theirs.every((line) => ours.includes(line));
}

function errorsOfTypes(body: Json): string[] | undefined {
  const message = isFields(body) ? String(body['message']) : '';
  const [, errors] = /^failed to create typed patch object \(.*?\): (?:errors:\n)?(.*)$/s.exec(message) ?? [];
  return errors?.split('\n').map((line) => line.trim());
}

export function withoutIntended(step: Step, embedded: Compared, upstream: Compared): [Compared, Compared] {
  const rules = Object.values(intendedDifferences);
  const strip = (answer: Compared): Compared => rules.reduce((rest, rule) => rule(step, rest), answer);
  const isForgotten = step.isWatch && JSON.stringify(upstream.body).includes('too old resource version');
  const isTakenApart = step.contentType === STRATEGIC && embedded.status >= 400;
  const isBrokenOff = (step.path.includes('/services/') || isTakenApart) && upstream.status === 0;
  if (isForgotten || isBrokenOff) return [unasked, unasked];
  return [
    strip(tellsFewerErrors(embedded, upstream) ? { ...embedded, body: upstream.body } : embedded),
    strip(upstream),
  ];
}
