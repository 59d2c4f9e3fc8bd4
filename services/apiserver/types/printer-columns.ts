import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { clusterColumns } from './printers/cluster.ts';
import { type BuiltinColumn, defaultColumns, nameColumn } from './printers/column.ts';
import { customCell } from './printers/custom-columns.ts';
import { deviceAndFlowColumns } from './printers/device-and-flow.ts';
import { networkColumns } from './printers/network.ts';
import { podColumns } from './printers/pods.ts';
import { policyColumnsByKind } from './printers/policies.ts';
import { scaleColumns } from './printers/scales.ts';
import { workloadColumns } from './printers/workloads.ts';
import type { PrinterColumn, ResourceDefinition } from './resource-definition.ts';

/**
 * The tables that `kubectl get` prints: the columns of a kind, and the cells of an object. Built-in kinds have upstream's columns (those that
 * upstream gives none have Name and Created At), custom resources what their CRD says after the name.
 */

const builtin = new Map<string, BuiltinColumn[]>(
  Object.entries({
    pods: podColumns,
    ...clusterColumns,
    ...deviceAndFlowColumns,
    ...networkColumns,
    ...policyColumnsByKind,
    ...scaleColumns,
    ...workloadColumns,
  }),
);

function builtinColumns({ group, plural }: ResourceDefinition): BuiltinColumn[] {
  return builtin.get(group === '' ? plural : `${plural}.${group}`) ?? defaultColumns;
}

/** In the order of the cells. Columns of priority 1 show with `-o wide`. */
export function columnsOf(definition: ResourceDefinition): PrinterColumn[] {
  if (definition.source === 'crd') return [withoutCell(nameColumn), ...(definition.columns ?? [])];
  return builtinColumns(definition).map(withoutCell);
}

function withoutCell({ cell: _, ...column }: BuiltinColumn): PrinterColumn {
  return column;
}

/** `nowMs` is for ages, in milliseconds since the epoch. Never throws. */
export function cellsOf(definition: ResourceDefinition, object: Unstructured, nowMs: number): unknown[] {
  if (definition.source === 'crd') {
    const own = (definition.columns ?? []).map((column) => customCell(column, object, nowMs));
    return [object.metadata.name ?? '', ...own];
  }
  return builtinColumns(definition).map((column) => column.cell(object, nowMs));
}
