import { newBadRequest } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { newFieldSelector, parseFieldTerms } from './field-selector.ts';
import { listPrefix, objectKey } from './keys.ts';
import { parseLabelSelector } from './label-selector.ts';
import type { Target } from './target.ts';

/** Which objects of a collection a list, a watch or a deletecollection is about. */
export interface Selection {
  /** Keys to look at. */
  prefix: string;
  /** The prefix is the key of the one object that can match. */
  isOne?: true;
  /** Absent: every object under the prefix. */
  matches?: (object: Unstructured) => boolean;
  /** Of a first page that is not of the past: only such objects count as more. */
  indexed?: (object: Unstructured) => boolean;
}

/**
 * From the path and the selectors of the query. What else the query says is checked when its selectors are read, before it is known whether the
 * kind has such fields. Throws 400, and as the check.
 */
export function selectionOf(
  target: Target,
  query: URLSearchParams,
  check: (query: URLSearchParams) => void = () => {},
): Selection {
  const labels = parseLabelSelector(query.get('labelSelector'));
  const terms = parseFieldTerms(query.get('fieldSelector'));
  check(query);
  const fields = newFieldSelector(target.definition, terms);
  if (target.name && terms?.length && fields?.name !== target.name)
    throw newBadRequest("fieldSelector metadata.name doesn't match requested name");
  const name = target.name || fields?.name;
  const { definition, namespace } = target;
  const isNamed = name !== undefined && name !== '';
  const isOneKey = isNamed && (!definition.namespaced || namespace !== '');
  const prefix = isOneKey ? objectKey(definition, namespace, name) : listPrefix(definition, namespace);
  if (!labels && !fields && !isNamed) return { prefix };
  return {
    prefix,
    ...(isOneKey ? { isOne: true as const } : {}),
    matches: (object) =>
      (!isNamed || object.metadata.name === name) && // the name that was authorized, in all namespaces too
      (labels?.(object.metadata.labels ?? {}) ?? true) &&
      (fields?.matches(object) ?? true),
    ...(fields?.indexed ? { indexed: fields.indexed } : {}),
  };
}
