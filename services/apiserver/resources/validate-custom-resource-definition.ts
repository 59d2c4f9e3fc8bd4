import type {
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionVersion,
} from '../../../shared/apis/apiextensions/v1.ts';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { isDns1035Label, isDnsSubdomain } from '../registry/object-names.ts';
import { isEstablished } from '../types/catalog.ts';
import { forbidden, invalid, notSupported, required } from '../types/field-error.ts';
import { validateDefinitionParts } from './validate-definition-parts.ts';

/** Validation of a CustomResourceDefinition that is prepared (its status has its stored versions), and of what is stored; texts and order as upstream's. */
export function validateCrd(crd: CustomResourceDefinition, old?: CustomResourceDefinition): StatusCause[] {
  return [...specErrors(crd, old?.spec.versions ?? []), ...storedVersionErrors(crd)];
}

/** What must not change, besides what `validateCrd` says: scope and kind of an established CRD; group and plural are its name. */
export function validateCrdUpdate(crd: CustomResourceDefinition, old: CustomResourceDefinition): StatusCause[] {
  const immutable: [string, unknown, unknown][] = [
    ['spec.group', crd.spec.group, old.spec.group],
    ['spec.names.plural', crd.spec.names.plural, old.spec.names.plural],
  ];
  if (isEstablished(old)) {
    immutable.unshift(
      ['spec.scope', crd.spec.scope, old.spec.scope],
      ['spec.names.kind', crd.spec.names.kind, old.spec.names.kind],
    );
  }
  const changed = immutable.filter(([, value, before]) => value !== before);
  return changed.map(([field, value]) => invalid(field, value, 'field is immutable'));
}

/** Of a new one besides; later neither part of the name can change. */
export function validateNewCrd({ metadata, spec }: CustomResourceDefinition): StatusCause[] {
  const name = metadata.name ?? '';
  if (name === '' || name === `${spec.names.plural}.${spec.group}`) return [];
  return [invalid('metadata.name', name, 'must be spec.names.plural+"."+spec.group')];
}

function groupErrors(group: string): StatusCause[] {
  if (!group) return [required('spec.group')];
  const texts = isDnsSubdomain(group);
  if (texts.length > 0) return [invalid('spec.group', group, texts.join(','))];
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')];
}

function scopeErrors(scope: string): StatusCause[] {
  if (!scope) return [required('spec.scope')];
  const scopes = ['Cluster', 'Namespaced'];
  return scopes.includes(scope) ? [] : [notSupported('spec.scope', scope, scopes)];
}

function specErrors(crd: CustomResourceDefinition, old: readonly CustomResourceDefinitionVersion[]): StatusCause[] {
  const { group, scope, names } = crd.spec;
  const versions = crd.spec.versions ?? [];
  const stored = versions.filter(({ storage }) => storage).length;
  const isUnique = new Set(versions.map(({ name }) => name)).size === versions.length;
  const storageRule = 'must have exactly one version marked as storage version';
  return [
    ...groupErrors(group),
    ...scopeErrors(scope),
    ...versions.flatMap((version, index) => missingSchema(version, index)),
    ...versions.flatMap((version, index) => versionErrors(version, index)),
    ...validateDefinitionParts({ ...crd.spec, versions }, old),
    ...(isUnique ? [] : [invalid('spec.versions', versions, 'must contain unique version names')]),
    ...(stored === 1 ? [] : [invalid('spec.versions', crd.spec.versions ?? null, storageRule)]),
    ...firstVersionErrors(versions[0]),
    ...namesErrors(names),
    ...conversionErrors(crd.spec.conversion),
    ...preservationErrors(crd.spec),
  ];
}

/** The switch of the oldest API, which kept what no schema names. */
function preservationErrors({
  preserveUnknownFields,
  versions,
  conversion,
}: CustomResourceDefinition['spec']): StatusCause[] {
  if (!preserveUnknownFields) return [];
  const field = 'spec.preserveUnknownFields';
  const why = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
  const hasDefaults = (versions ?? []).some(({ schema }) => JSON.stringify(schema ?? {}).includes('"default":'));
  const isConverted = conversion && conversion.strategy !== 'None';
  return [
    ...(hasDefaults ? [invalid(field, true, 'must be false in order to use defaults in the schema')] : []),
    ...(isConverted
      ? [invalid('spec.conversion.strategy', conversion.strategy, 'must be None if spec.preserveUnknownFields is true')]
      : []),
    invalid(field, true, why),
  ];
}

const WEBHOOKS_NOT_CALLED =
  'this API server calls no webhooks, so it can not convert between versions; use None, with versions that differ in nothing but optional fields';

/** Only `None` is served: another conversion would show objects that are not what their version promises. */
function conversionErrors(conversion: CustomResourceDefinition['spec']['conversion']): StatusCause[] {
  const path = 'spec.conversion';
  if (!conversion) return [];
  const { strategy, webhook } = conversion;
  if (strategy === 'Webhook') return webhookErrors(webhook, path);
  const why = 'should not be set when strategy is not set to Webhook';
  return [
    ...(strategy === 'None' ? [] : [notSupported(`${path}.strategy`, strategy ?? '', ['None', 'Webhook'])]),
    ...(webhook?.clientConfig ? [forbidden(`${path}.webhookClientConfig`, why)] : []),
    ...(webhook?.conversionReviewVersions?.length ? [forbidden(`${path}.conversionReviewVersions`, why)] : []),
  ];
}

type Webhook = NonNullable<CustomResourceDefinition['spec']['conversion']>['webhook'];

/** A webhook that is not described is told as upstream tells it; another is refused all the same. */
function webhookErrors(webhook: Webhook, path: string): StatusCause[] {
  const missing = [
    ...(webhook?.clientConfig
      ? []
      : [required(`${path}.webhookClientConfig`, 'required when strategy is set to Webhook')]),
    ...(webhook?.conversionReviewVersions?.length ? [] : [required(`${path}.conversionReviewVersions`)]),
  ];
  return missing.length > 0 ? missing : [invalid(`${path}.strategy`, 'Webhook', WEBHOOKS_NOT_CALLED)];
}

/** The first version's name is checked once more, as the `spec.version` of the oldest API. */
function firstVersionErrors(first: CustomResourceDefinitionVersion | undefined): StatusCause[] {
  const texts = first?.name ? isDns1035Label(first.name) : [];
  return texts.length > 0 ? [invalid('spec.version', first?.name, texts.join(','))] : [];
}

function missingSchema({ schema }: CustomResourceDefinitionVersion, index: number): StatusCause[] {
  return schema?.openAPIV3Schema ? [] : [required(`spec.versions[${index}].schema.openAPIV3Schema`)];
}

function versionErrors(
  { name, deprecated = false, deprecationWarning }: CustomResourceDefinitionVersion,
  index: number,
): StatusCause[] {
  const field = `spec.versions[${index}]`;
  const texts = isDns1035Label(name ?? '');
  return [
    ...(texts.length > 0 ? [invalid(`${field}.name`, name ?? '', texts.join(','))] : []),
    ...(deprecationWarning === undefined
      ? []
      : warningTexts(deprecated, deprecationWarning).map((text) =>
          invalid(`${field}.deprecationWarning`, deprecationWarning, text),
        )),
  ];
}

const MAX_WARNING = 256;

function warningTexts(isDeprecated: boolean, warning: string): string[] {
  if (!isDeprecated) return ['can only be set for deprecated versions'];
  const index = warning.search(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u);
  const text = `must only contain printable UTF-8 characters; non-printable character found at index ${index}`;
  return [
    ...(Buffer.byteLength(warning) > MAX_WARNING ? [`must be <= ${MAX_WARNING} characters long`] : []),
    ...(warning === '' ? ['must not be an empty string'] : []),
    ...(index < 0 ? [] : [text]),
  ];
}

const nameFields = ['plural', 'singular', 'kind', 'listKind'] as const;

function namesErrors(names: CustomResourceDefinitionNames): StatusCause[] {
  const missing = nameFields.filter((field) => !names[field]).map((field) => required(`spec.names.${field}`));
  const malformed = nameFields.flatMap((field) => malformedName(`spec.names.${field}`, names[field]));
  const listed = (['shortNames', 'categories'] as const).flatMap((list) =>
    (names[list] ?? []).flatMap((name, index) => {
      const texts = isDns1035Label(name);
      return texts.length > 0 ? [invalid(`spec.names.${list}[${index}]`, name, texts.join(','))] : [];
    }),
  );
  const sameKind = names.kind && names.kind === names.listKind;
  const clash = sameKind
    ? [invalid('spec.names.listKind', names.listKind, 'kind and listKind may not be the same')]
    : [];
  return [...missing, ...malformed, ...listed, ...clash];
}

/** Kinds are checked in lower case. */
function malformedName(field: string, name: string | undefined): StatusCause[] {
  if (!name) return [];
  const isKind = /ind$/.test(field);
  const texts = isDns1035Label(isKind ? name.toLowerCase() : name);
  if (texts.length === 0) return [];
  const note = isKind ? 'may have mixed case, but should otherwise match: ' : '';
  return [invalid(field, name, note + texts.join(','))];
}

function storedVersionErrors({ spec, status }: CustomResourceDefinition): StatusCause[] {
  const stored = status?.storedVersions ?? [];
  if (stored.length === 0) return [invalid('status.storedVersions', null, 'must have at least one stored version')];
  const present = new Set((spec.versions ?? []).map(({ name }) => name));
  const unnoted = (spec.versions ?? []).filter(({ name, storage }) => storage && !stored.includes(name));
  const missing = unnoted.map(({ name }) =>
    invalid('status.storedVersions', stored, `must have the storage version ${name}`),
  );
  const removed = stored.flatMap((version, index) => {
    if (present.has(version)) return [];
    const why =
      `missing from spec.versions; ${version} was previously a storage version, and must remain in spec.versions until a storage ` +
      `migration ensures no data remains persisted in ${version} and removes ${version} from status.storedVersions`;
    return [invalid(`status.storedVersions[${index}]`, version, why)];
  });
  return [...missing, ...removed];
}
