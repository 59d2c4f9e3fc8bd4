import type { Unstructured } from '../../../../shared/apis/meta/v1.ts';
import { jsonTypeOf } from '../json-value.ts';
import type { PrinterColumn } from '../resource-definition.ts';
import { age } from './human-duration.ts';
import { evaluateJsonPath } from './json-path.ts';

/** Cells of the columns that a CRD declares, as upstream's table convertor makes them. */

function printed(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
}

function dateCell(value: unknown, nowMs: number): unknown {
  if (typeof value !== 'string') return null;
  return Number.isNaN(Date.parse(value)) ? '<invalid>' : age(value, nowMs);
}

function numberCell(value: unknown): unknown {
  return typeof value === 'number' ? value : null;
}

/** Of several values the first, as upstream shows them. Null where the object has no such value, or one of another type. */
export function customCell(column: PrinterColumn, object: Unstructured, nowMs: number): unknown {
  const found = evaluateJsonPath(object, column.jsonPath);
  const [first] = found;
  if (found.length === 0 || first === null || first === undefined) return null;
  switch (column.type) {
    case 'string':
      return printed(first);
    case 'date':
      return dateCell(first, nowMs);
    case 'integer':
      return typeof first === 'number' ? Math.trunc(first) : null;
    case 'number':
      return numberCell(first);
    case 'boolean':
      return jsonTypeOf(first) === 'boolean' ? first : null;
    default:
      return null;
  }
}
