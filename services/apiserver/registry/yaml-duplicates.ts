import { EVENT_ID, type Event, getScalarValue, parseEvents } from 'js-yaml';
import { checkMarks, MAX_YAML_DEPTH } from './parse-text.ts';

/**
 * What Go's strict YAML decoder says of keys that a mapping has twice, a line for each: `line 3: key "a" already set in map`. The text must be valid YAML.
 * Linear in its length. Throws 413 as `parseYaml`.
 */
export function duplicateKeys(text: string): string[] {
  checkMarks(text);
  const walk: Walk = {
    text,
    events: parseEvents(text, { maxDepth: MAX_YAML_DEPTH }),
    at: 0,
    found: [],
    line: 1,
    lineEnd: endOfLine(text, 0),
  };
  while (walk.at < walk.events.length) scanNode(walk);
  return walk.found;
}

/** The lines as one error. */
export const yamlErrors = (lines: readonly string[]): string =>
  ['yaml: unmarshal errors:', ...lines.map((line) => `  ${line}`)].join('\n');

interface Walk {
  readonly text: string;
  readonly events: readonly Event[];
  at: number;
  readonly found: string[];
  /** The line that has been reached, and where it ends: lines are counted once, on the way. */
  line: number;
  lineEnd: number;
}

/** Goes past the next node, or the end of the one that it is in. */
function scanNode(walk: Walk): void {
  const event = walk.events[walk.at++];
  if (event?.type === EVENT_ID.MAPPING) scanMapping(walk);
  else if (event?.type === EVENT_ID.SEQUENCE) while (!isEnd(walk)) scanNode(walk);
}

function scanMapping(walk: Walk): void {
  const seen = new Set<string>();
  while (!isEnd(walk)) {
    const key = walk.events[walk.at];
    scanNode(walk);
    const line = lineOf(walk, walk.events[walk.at]);
    scanNode(walk);
    if (key?.type !== EVENT_ID.SCALAR) continue;
    const name = getScalarValue(walk.text, key);
    if (seen.has(name)) walk.found.push(`line ${line}: key ${JSON.stringify(name)} already set in map`);
    seen.add(name);
  }
}

/** Whether a list or mapping ends here; its end is gone past. */
function isEnd(walk: Walk): boolean {
  const event = walk.events[walk.at];
  if (event !== undefined && event.type !== EVENT_ID.POP) return false;
  walk.at++;
  return true;
}

function lineOf(walk: Walk, event: Event | undefined): number {
  const start = event && ('valueStart' in event ? event.valueStart : 'start' in event ? event.start : 0);
  for (; walk.lineEnd < (start ?? 0); walk.lineEnd = endOfLine(walk.text, walk.lineEnd + 1)) walk.line++;
  return walk.line;
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}
