import type { PrinterColumn } from '../resource-definition.ts';
import { ageColumn, type BuiltinColumn, column, count, text } from './column.ts';

/** Columns of the `scale` of built-in kinds. */
export const scaleColumns: Readonly<Record<string, BuiltinColumn[]>> = {
  'scales.autoscaling': [
    column('Name', text('metadata.name')),
    column('Desired', count('spec.replicas'), 'integer'),
    column('Available', count('status.replicas'), 'integer'),
    ageColumn,
  ],
};

/** … and of custom resources, after the name. */
export const customScaleColumns: PrinterColumn[] = [
  { name: 'Desired', type: 'integer', priority: 0, jsonPath: '.spec.replicas' },
  { name: 'Available', type: 'integer', priority: 0, jsonPath: '.status.replicas' },
  { name: 'Age', type: 'date', priority: 0, jsonPath: '.metadata.creationTimestamp' },
];
