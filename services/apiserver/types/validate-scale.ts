import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { ownValue } from '../merge/json-value.ts';
import { goText } from '../registry/go-text.ts';
import { invalid } from './field-error.ts';
import { isJsonObject } from './json-value.ts';
import type { ResourceDefinition } from './resource-definition.ts';

/** The fields of a custom resource that its `scale` shows have to be counts and a text. Source: apiextensions-apiserver, customresource/validator.go. */
export function validateScale(
  { subresources }: Pick<ResourceDefinition, 'subresources'>,
  object: Unstructured,
  { isStatus }: { isStatus: boolean },
): StatusCause[] {
  const paths = subresources.find(({ name }) => name === 'scale')?.scalePaths;
  if (!paths) return [];
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = paths;
  return [
    ...(isStatus ? [] : countErrors(object, specReplicasPath)),
    ...countErrors(object, statusReplicasPath),
    ...(labelSelectorPath ? textErrors(object, labelSelectorPath) : []),
  ];
}

const MAX = 2_147_483_647;

function countErrors(object: Unstructured, path: string): StatusCause[] {
  const found = valueAt(object, path);
  if (found instanceof Error) return [invalid(path, 0, found.message)];
  if (found === undefined) return [];
  if (!Number.isInteger(found)) return [invalid(path, 0, wrongType(path, found, 'int64'))];
  const count = Number(found);
  if (count < 0) return [invalid(path, count, 'should be a non-negative integer')];
  return count > MAX ? [invalid(path, count, `should be less than or equal to ${MAX}`)] : [];
}

function textErrors(object: Unstructured, path: string): StatusCause[] {
  const found = valueAt(object, path);
  if (found instanceof Error) return [invalid(path, '', found.message)];
  return found === undefined || typeof found === 'string' ? [] : [invalid(path, '', wrongType(path, found, 'string'))];
}

/** An error: something on the way is no map. */
function valueAt(object: unknown, path: string): unknown {
  const names = path.replace(/^\./, '').split('.');
  let value = object;
  for (const [index, name] of names.entries()) {
    if (value === undefined || value === null) return undefined;
    if (!isJsonObject(value))
      return new Error(wrongType(`.${names.slice(0, index + 1).join('.')}`, value, 'map[string]interface{}'));
    value = ownValue(value, name);
  }
  return value;
}

function wrongType(path: string, value: unknown, wanted: string): string {
  return `${path} accessor error: ${goText(value)} is of the type ${goType(value)}, expected ${wanted}`;
}

function goType(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'object') return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
