import { isJsonObject, type JsonObject } from '../json-value.ts';

/** Labels and label selectors as text, in Kubernetes' own form. */

export function formatLabels(labels: JsonObject): string {
  const pairs = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.join(',');
}

function requirement(expression: JsonObject): string {
  const values = Array.isArray(expression['values']) ? [...expression['values']].sort().join(',') : '';
  switch (expression['operator']) {
    case 'In':
      return `${expression['key']} in (${values})`;
    case 'NotIn':
      return `${expression['key']} notin (${values})`;
    case 'DoesNotExist':
      return `!${expression['key']}`;
    default:
      return String(expression['key']);
  }
}

/** `''` for the selector of everything. */
export function selectorText(selector: unknown): string {
  if (!isJsonObject(selector)) return '';
  const labels = isJsonObject(selector['matchLabels']) ? selector['matchLabels'] : {};
  const expressions = Array.isArray(selector['matchExpressions']) ? selector['matchExpressions'] : [];
  const parts = [
    ...Object.entries(labels).map(([key, value]) => ({ key, text: `${key}=${value}` })),
    ...expressions.filter(isJsonObject).map((one) => ({ key: String(one['key']), text: requirement(one) })),
  ];
  return parts
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map((part) => part.text)
    .join(',');
}

export const formatSelector = (selector: unknown): string => selectorText(selector) || '<none>';
