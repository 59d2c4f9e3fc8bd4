import { newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { ownValue } from '../merge/json-value.ts';
import type { ResourceDefinition } from '../types/resource-definition.ts';

/** Field selectors: `metadata.name=a,spec.nodeName!=b`. Source: apimachinery, fields.ParseSelector. */
export type FieldPredicate = (object: Unstructured) => boolean;

export interface FieldSelector {
  matches: FieldPredicate;
  /** The one name that can match, when the selector says so: then a single key is read or watched. */
  name?: string;
  /** Upstream keeps an index of this field: a page from there has no more after it when no object has the value. */
  indexed?: FieldPredicate;
}

/** By `<plural>` or `<plural>.<group>`. */
const INDEXED: Readonly<Record<string, string>> = {
  pods: 'spec.nodeName',
  'resourceslices.resource.k8s.io': 'spec.nodeName',
};

/** One comparison. */
export interface Term {
  field: string;
  isEqual: boolean;
  value: string;
}

/** None selects everything. Throws 400. */
export function parseFieldTerms(text: string | null): Term[] | undefined {
  if (text === null || text.trim() === '') return undefined;
  return text
    .split(/(?<!\\),/)
    .filter((part) => part !== '' && !/^(==?|!=)$/.test(part))
    .map(parseTerm);
}

/** The one name that can match, which authorization goes by too. */
export const nameIn = (terms: readonly Term[]): string | undefined =>
  terms.find(({ field, isEqual }) => field === 'metadata.name' && isEqual)?.value;

/** `undefined` selects everything. Throws 400 for fields that the kind does not offer. */
export function newFieldSelector(
  definition: ResourceDefinition,
  terms: readonly Term[] | undefined,
): FieldSelector | undefined {
  if (!terms) return undefined;
  for (const { field } of terms) checkField(definition, field);
  const name = nameIn(terms);
  return {
    matches: (object) => terms.every(({ field, isEqual, value }) => (valueAt(object, field) === value) === isEqual),
    ...(name ? { name } : {}),
    ...indexedBy(definition, terms),
  };
}

function indexedBy({ group, plural }: ResourceDefinition, terms: readonly Term[]): Pick<FieldSelector, 'indexed'> {
  const field = INDEXED[group === '' ? plural : `${plural}.${group}`];
  const term = terms.find((one) => one.field === field && one.isEqual);
  return term ? { indexed: (object) => valueAt(object, term.field) === term.value } : {};
}

function parseTerm(text: string): Term {
  const match = /^(?<field>.*?)(?<operator>!=|==|=)(?<value>.*)$/s.exec(text);
  if (!match?.groups) throw newBadRequest(`invalid selector: '${text}'; can't understand '${text}'`);
  const { field = '', operator, value = '' } = match.groups;
  return { field, isEqual: operator !== '!=', value: value.replace(/\\([\\,=])/g, '$1') };
}

function checkField(definition: ResourceDefinition, field: string): void {
  const always = field === 'metadata.name' || (field === 'metadata.namespace' && definition.namespaced);
  if (always || definition.selectableFields.includes(field)) return;
  const isPlain = definition.source === 'builtin' && definition.selectableFields.length === 0;
  throw newBadRequest(
    isPlain
      ? `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
      : `field label not supported: ${field}`,
  );
}

function valueAt(object: Unstructured, path: string): string {
  if (path === 'source') return valueAt(object, 'source.component') || valueAt(object, 'reportingComponent');
  let value: unknown = object;
  for (const part of path.replace(/^\./, '').split('.')) {
    value = isRecord(value) ? ownValue(value, part) : undefined;
  }
  if (value === undefined || value === null) return path === 'spec.unschedulable' ? 'false' : '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
