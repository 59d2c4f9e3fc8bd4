import type { LabelSelector, StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { countingDefinition } from '../cel/compile-steps.ts';
import { causesOf, isDns1035Label, isDnsSubdomain, isQualifiedName } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { duplicate, invalid, required, tooMany } from '../types/field-error.ts';
import { type AdmissionRule, MATCH_POLICIES, validateRule } from './admission-rules.ts';
import { mayBeOneOf } from './pod-spec/field-rules.ts';
import { conditionCauses } from './policy-expressions.ts';
import { isPort, PORT_TEXT } from './port-number.ts';
import { repeated } from './repeated.ts';
import { validateLabelSelector } from './validate-label-selector.ts';

/** Webhooks that other API servers would call. Source: admissionregistration/validation. Nothing here calls any, and who writes one is told. */

interface Webhook {
  name?: string;
  rules?: AdmissionRule[];
  failurePolicy?: string;
  matchPolicy?: string;
  sideEffects?: string | null;
  timeoutSeconds?: number;
  reinvocationPolicy?: string;
  namespaceSelector?: LabelSelector;
  objectSelector?: LabelSelector;
  clientConfig?: { url?: string; service?: WebhookService };
  matchConditions?: { name?: string; expression?: string }[];
  admissionReviewVersions?: string[] | null;
}

interface WebhookService {
  name?: string;
  namespace?: string;
  path?: string;
  port?: number;
}

const webhooksOf = (object: Unstructured): Webhook[] => (object['webhooks'] ?? []) as Webhook[];

export const webhookConfigurationStrategy: Strategy = {
  allowsUnconditionalUpdate: false,
  validateCreate: (object) => countingDefinition(() => validateWebhooks(object, { before: [] })),
  validateUpdate: (object, old) => countingDefinition(() => validateWebhooks(object, { before: webhooksOf(old) })),
  warningsOf: () => ['this API server calls no webhooks: the configuration is stored and changes nothing'],
};

/** What was wrong before the rule came may stay so. */
interface Before {
  before: readonly Webhook[];
}

const conditionsIn = (hooks: readonly Webhook[]): string =>
  JSON.stringify(hooks.map(({ matchConditions }) => matchConditions ?? []));

const isHarmless = ({ sideEffects }: Webhook): boolean => HARMLESS.includes(sideEffects ?? '');

function validateWebhooks(object: Unstructured, { before }: Before): StatusCause[] {
  const hooks = webhooksOf(object);
  const effects = before.every(isHarmless) ? HARMLESS : EFFECTS;
  const wereKnown = before.every(({ admissionReviewVersions: versions }) => !versions?.length || isRead(versions));
  const mustDiffer = !repeated(before.map(({ name }) => name)).includes(true);
  const hadConditions = before.length > 0 && conditionsIn(before) === conditionsIn(hooks);
  const isAgain = repeated(hooks.map(({ name }) => name));
  return hooks.flatMap((hook, index) => {
    const field = `webhooks[${index}]`;
    return [
      ...validateWebhook(hook, field, effects),
      ...(hadConditions ? [] : validateConditions(hook.matchConditions ?? [], `${field}.matchConditions`)),
      ...validateReviewVersions(hook.admissionReviewVersions ?? [], `${field}.admissionReviewVersions`, wereKnown),
      ...(mustDiffer && hook.name && isAgain[index] ? [duplicate(`${field}.name`, hook.name)] : []),
    ];
  });
}

const EFFECTS = ['None', 'NoneOnDryRun', 'Some', 'Unknown'];
const HARMLESS = ['None', 'NoneOnDryRun'];
const MAX_SECONDS = 30;

function validateWebhook(hook: Webhook, field: string, effects: readonly string[]): StatusCause[] {
  const { timeoutSeconds: seconds = 1, sideEffects } = hook;
  const isTimely = seconds >= 1 && seconds <= MAX_SECONDS;
  const text = 'the timeout value must be between 1 and 30 seconds';
  const effect = `${field}.sideEffects`;
  return [
    ...validateFullName(hook.name ?? '', `${field}.name`),
    ...(hook.rules ?? []).flatMap((rule, index) => validateRule(rule, `${field}.rules[${index}]`)),
    ...mayBeOneOf(`${field}.failurePolicy`, hook.failurePolicy, ['Fail', 'Ignore']),
    ...mayBeOneOf(`${field}.matchPolicy`, hook.matchPolicy, MATCH_POLICIES),
    ...((sideEffects ?? undefined) === undefined
      ? [required(effect, `must specify one of ${effects.join(', ')}`)]
      : []),
    ...mayBeOneOf(effect, sideEffects ?? undefined, effects),
    ...(isTimely ? [] : [invalid(`${field}.timeoutSeconds`, seconds, text)]),
    ...validateLabelSelector(hook.namespaceSelector, `${field}.namespaceSelector`),
    ...validateLabelSelector(hook.objectSelector, `${field}.objectSelector`),
    ...mayBeOneOf(`${field}.reinvocationPolicy`, hook.reinvocationPolicy, ['IfNeeded', 'Never']),
    ...validateClient(hook.clientConfig ?? {}, `${field}.clientConfig`),
  ];
}

/** Three parts at least. */
function validateFullName(name: string, field: string): StatusCause[] {
  if (name === '') return [required(field)];
  const texts = isDnsSubdomain(name);
  if (texts.length > 0) return [invalid(field, name, texts.join(','))];
  const isFull = name.split('.').length >= 3;
  return isFull ? [] : [invalid(field, name, 'should be a domain with at least three segments separated by dots')];
}

const READ_VERSIONS = ['v1', 'v1beta1'];
const isRead = (versions: readonly string[]): boolean => versions.some((version) => READ_VERSIONS.includes(version));

function validateReviewVersions(versions: readonly string[], field: string, mustBeRead: boolean): StatusCause[] {
  if (versions.length === 0) return [required(field, `must specify one of ${READ_VERSIONS.join(', ')}`)];
  const isAgain = repeated(versions);
  const text = `must include at least one of ${READ_VERSIONS.join(', ')}`;
  return [
    ...versions.flatMap((version, index) => {
      const at = `${field}[${index}]`;
      if (isAgain[index]) return [invalid(at, version, 'duplicate version')];
      return causesOf(at, version, isDns1035Label(version));
    }),
    ...(mustBeRead && !isRead(versions) ? [invalid(field, versions, text)] : []),
  ];
}

function validateClient({ url, service }: NonNullable<Webhook['clientConfig']>, field: string): StatusCause[] {
  if ((url === undefined) === (service === undefined))
    return [required(field, 'exactly one of url or service is required')];
  return service ? validateService(service, `${field}.service`) : validateUrl(url ?? '', `${field}.url`);
}

const FORM = '; desired format: https://host[/path]';
/** As Go takes a URL apart, which is less strict than the platform's own. */
const URL_PARTS = /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/is;

function validateUrl(url: string, field: string): StatusCause[] {
  const [, scheme = '', authority = '', query = '', fragment = ''] = URL_PARTS.exec(url) ?? [];
  const at = authority.lastIndexOf('@');
  const refused: [boolean, string, string][] = [
    [scheme.toLowerCase() !== 'https', scheme.toLowerCase(), `'https' is the only allowed URL scheme${FORM}`],
    [authority.slice(at + 1) === '', '', `host must be specified${FORM}`],
    [at >= 0, authority.slice(0, at), 'user information is not permitted in the URL'],
    [fragment !== '', fragment, 'fragments are not permitted in the URL'],
    [query !== '', query, 'query parameters are not permitted in the URL'],
  ];
  return refused.flatMap(([isWrong, shown, text]) => (isWrong ? [invalid(field, shown, text)] : []));
}

/** Upstream takes the one for the other: who leaves out the name is told of the namespace. */
function validateService({ name = '', namespace = '', path, port = 0 }: WebhookService, field: string): StatusCause[] {
  return [
    ...(namespace === '' ? [required(`${field}.name`)] : []),
    ...(name === '' ? [required(`${field}.namespace`)] : []),
    ...(isPort(port) ? [] : [invalid(`${field}.port`, port, `port is not valid: ${PORT_TEXT}`)]),
    ...(path === undefined ? [] : validatePath(path, `${field}.path`)),
  ];
}

function validatePath(path: string, field: string): StatusCause[] {
  if (path === '' || path === '/') return [];
  if (path === '//') return [invalid(field, path, 'segment[0] may not be empty')];
  const steps = path.slice(1).replace(/\/$/, '').split('/');
  return [
    ...(path.startsWith('/') ? [] : [invalid(field, path, "must start with a '/'")]),
    ...steps.flatMap((step, index) => {
      const texts = step === '' ? [' may not be empty'] : isDnsSubdomain(step).map((text) => `: ${text}`);
      return texts.map((text) => invalid(field, path, `segment[${index}]${text}`));
    }),
  ];
}

const MAX_CONDITIONS = 64;

function validateConditions(conditions: NonNullable<Webhook['matchConditions']>, field: string): StatusCause[] {
  const isAgain = repeated(conditions.map(({ name = '' }) => name));
  return [
    ...(conditions.length > MAX_CONDITIONS ? [tooMany(field, conditions.length, MAX_CONDITIONS)] : []),
    ...conditionCauses(conditions, field, false),
    ...conditions.flatMap(({ name = '' }, index) => {
      const at = `${field}[${index}]`;
      return [
        ...(name === '' ? [required(`${at}.name`)] : causesOf(`${at}.name`, name, isQualifiedName(name))),
        ...(name !== '' && isAgain[index] ? [duplicate(`${at}.name`, name)] : []),
      ];
    }),
  ];
}
