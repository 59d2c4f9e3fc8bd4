import { childPath } from './json-value.ts';
import { newReportedPaths, type ReportedPaths } from './reported-paths.ts';

/**
 * The paths of fields that a JSON text holds twice, which parsing loses: `spec.replicas`, `spec.containers[0].name`. Each is reported once, in the order
 * of the text. The text must be valid JSON; `parsed` is what it says, for who has read it already. Linear in its length.
 */
export function duplicateFields(json: string, parsed: unknown = JSON.parse(json)): string[] {
  const duplicates = newReportedPaths();
  if (!isWrittenAsParsed(json, parsed)) scanValue({ json, at: 0, duplicates }, '');
  return duplicates.paths;
}

/** A text that comes out again as it went in holds nothing twice. Many clients write so, and this is far quicker than to look at every field. */
const isWrittenAsParsed = (json: string, parsed: unknown): boolean => JSON.stringify(parsed) === json.trimEnd();

interface Scan {
  readonly json: string;
  /** Where the next token is, or white space before it. */
  at: number;
  readonly duplicates: ReportedPaths;
}

const space = /[ \t\r\n]*/y;
const text = /"(?:[^"\\]|\\.)*"/y;
const scalar = /[^\s,\]}]*/y;

function take(scan: Scan, form: RegExp): string {
  form.lastIndex = scan.at;
  const match = form.exec(scan.json)?.[0] ?? '';
  scan.at += match.length;
  return match;
}

/** Takes the punctuation if it comes next. */
function takeIf(scan: Scan, character: string): boolean {
  take(scan, space);
  if (scan.json[scan.at] !== character) return false;
  scan.at += 1;
  return true;
}

function scanValue(scan: Scan, path: string): void {
  take(scan, space);
  if (takeIf(scan, '{')) scanObject(scan, path);
  else if (takeIf(scan, '[')) scanArray(scan, path);
  else if (scan.json[scan.at] === '"') take(scan, text);
  else take(scan, scalar);
}

function scanObject(scan: Scan, path: string): void {
  const seen = new Map<string, number>();
  if (takeIf(scan, '}')) return;
  do {
    take(scan, space);
    const name = JSON.parse(take(scan, text) || '""') as string;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    if (times === 2) scan.duplicates.add(childPath(path, name));
    takeIf(scan, ':');
    scanValue(scan, childPath(path, name));
  } while (takeIf(scan, ','));
  takeIf(scan, '}');
}

function scanArray(scan: Scan, path: string): void {
  if (takeIf(scan, ']')) return;
  let index = 0;
  do {
    scanValue(scan, `${path}[${index}]`);
    index += 1;
  } while (takeIf(scan, ','));
  takeIf(scan, ']');
}
