import { formatTable } from './table.ts';

/** meta.k8s.io/v1 Table: what an API server answers when asked `as=Table`. */
export interface ServerTable {
  columnDefinitions: { name: string; type: string; priority?: number }[];
  rows: {
    cells: unknown[];
    object?: { metadata?: { namespace?: string; name?: string; labels?: Record<string, string> } };
  }[];
}

export interface TablePrintOptions {
  /** Also the columns of priority 1 and up. */
  wide: boolean;
  withNamespace: boolean;
  noHeaders: boolean;
}

/** A server's table as kubectl prints it. */
export function printServerTable(table: ServerTable, options: TablePrintOptions): string {
  const shown = table.columnDefinitions
    .map((column, index) => ({ column, index }))
    .filter(({ column }) => options.wide || (column.priority ?? 0) === 0);
  const headers = shown.map(({ column }) => column.name.toUpperCase());
  const rows = table.rows.map((row) => {
    const cells = shown.map(({ index }) => cellText(row.cells[index]));
    return options.withNamespace ? [row.object?.metadata?.namespace ?? '', ...cells] : cells;
  });
  const text = formatTable(options.withNamespace ? ['NAMESPACE', ...headers] : headers, rows);
  return options.noHeaders ? text.slice(text.indexOf('\n') + 1) : text;
}

function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'object') return JSON.stringify(cell);
  return String(cell);
}
