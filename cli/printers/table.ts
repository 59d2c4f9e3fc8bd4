import { printableLine } from '../../shared/process/printable.ts';

/** Columns as kubectl prints them: upper-case headers, three blanks between columns, no borders, nothing after the last column. A row is one line, whatever its cells hold. */
export function formatTable(headers: readonly string[], data: readonly (readonly string[])[]): string {
  const rows = data.map((row) => row.map(printableLine));
  const widths = headers.map((header, column) =>
    Math.max(header.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd((widths[column] ?? 0) + 3)))
      .join('')
      .trimEnd();
  return `${[headers, ...rows].map(line).join('\n')}\n`;
}
