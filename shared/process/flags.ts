import { parseArgs } from 'node:util';
import { parseDuration } from '../apis/duration.ts';

/**
 * The flags of a process as one table: name, type, default, help, environment variable. Parsing follows Go's flag package, whose users type
 * `--name=value`, `--name value` and `--bool`; a duration is `30s`.
 */

export type FlagType = 'string' | 'boolean' | 'duration' | 'integer' | 'list';

export interface Flag {
  /** Without the dashes. */
  name: string;
  type: FlagType;
  /** Placeholder in the help, e.g. `HOST:PORT`. */
  value?: string;
  /** As it would be typed; also shown in the help. Absent: the flag is unset. */
  default?: string;
  help: string;
  /** Read when the flag is not given. */
  env?: string;
  /** Another name for the same flag. */
  alias?: string;
  short?: string;
  /** Accepted for compatibility and without effect, or not worth a line: left out of the help. */
  hidden?: boolean;
}

export type FlagValue = string | boolean | number | string[];
export type FlagValues = Record<string, FlagValue | undefined>;

/** The command line is wrong; exit code 2. */
export class FlagError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Reads the command line by the table; durations come back in milliseconds. Throws FlagError that names the flag. */
export function parseFlags(
  table: readonly Flag[],
  args: string[],
  env: Readonly<Record<string, string | undefined>>,
): FlagValues {
  const { values, positionals } = parseCommandLine(table, args, env);
  if (positionals[0] !== undefined) throw new FlagError(`unexpected argument "${positionals[0]}"`);
  return values;
}

/** The same for a command that also takes arguments without a name, before, between or after its flags. */
export function parseCommandLine(
  table: readonly Flag[],
  args: string[],
  env: Readonly<Record<string, string | undefined>>,
): { values: FlagValues; positionals: string[] } {
  const { given, positionals } = readArguments(table, args);
  const values: FlagValues = {};
  for (const flag of table) {
    const fromEnv = flag.env ? env[flag.env] : undefined;
    const texts = given.get(flag.name) ?? (fromEnv !== undefined ? [fromEnv] : undefined) ?? defaults(flag);
    if (texts) values[flag.name] = convert(flag, texts);
  }
  return { values, positionals };
}

function defaults(flag: Flag): string[] | undefined {
  return flag.default === undefined ? undefined : [flag.default];
}

function readArguments(
  table: readonly Flag[],
  args: string[],
): { given: Map<string, string[]>; positionals: string[] } {
  const byName = new Map(
    table.flatMap((flag) => [flag.name, ...(flag.alias ? [flag.alias] : [])].map((name) => [name, flag])),
  );
  const options = Object.fromEntries(
    [...byName].map(([name, flag]) => [name, { type: 'string' as const, multiple: true, ...shortOf(flag, name) }]),
  );
  const normal = args.map((arg) => normalize(arg, byName));
  const result = parse(normal, options);
  const given = new Map<string, string[]>();
  for (const [name, value] of Object.entries(result.values)) {
    const flag = byName.get(name);
    if (flag && Array.isArray(value)) given.set(flag.name, [...(given.get(flag.name) ?? []), ...value.map(String)]);
  }
  return { given, positionals: result.positionals };
}

function shortOf(flag: Flag, name: string): { short?: string } {
  return flag.short && name === flag.name ? { short: flag.short } : {};
}

/** A boolean flag without a value means true; `-v=4` is `-v4`, as for kubectl. */
function normalize(arg: string, byName: Map<string, Flag>): string {
  if (/^-\w=/.test(arg)) return arg.replace('=', '');
  const [, name, short] = /^(?:--([^=]+)|-(\w))$/.exec(arg) ?? [];
  const isShort = ({ short: own }: Flag): boolean => short !== undefined && own === short;
  const flag = name === undefined ? [...byName.values()].find(isShort) : byName.get(name);
  return flag?.type === 'boolean' ? `--${flag.name}=true` : arg;
}

function parse(args: string[], options: Record<string, { type: 'string'; multiple: boolean; short?: string }>) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new FlagError(refusalOf(error instanceof Error ? error.message : String(error)));
  }
}

/** Node's words for a command line that can't be read, in ours. */
function refusalOf(message: string): string {
  const unknown = /Unknown option '([^']+)'/.exec(message)?.[1];
  if (unknown) return `unknown flag: ${unknown}; --help lists those that there are`;
  const missing = /Option '(?:-\w, )?(--[^' ]+)(?: <value>)?' argument (?:missing|is ambiguous)/.exec(message)?.[1];
  return missing ? `${missing} needs a value` : message;
}

function convert(flag: Flag, texts: string[]): FlagValue {
  const text = texts[texts.length - 1] ?? '';
  switch (flag.type) {
    case 'string':
      return text;
    case 'list':
      return texts
        .flatMap((each) => each.split(','))
        .map((part) => part.trim())
        .filter((part) => part !== '');
    case 'boolean':
      return booleanOf(flag, text);
    case 'integer':
      if (!/^-?\d+$/.test(text)) throw invalid(flag, text, 'give a whole number');
      return Number(text);
    case 'duration': {
      const ms = parseDuration(text);
      if (ms === undefined || ms < 0) throw invalid(flag, text, 'give a duration such as 10s or 5m');
      return ms;
    }
  }
}

function booleanOf(flag: Flag, text: string): boolean {
  if (['true', '1', 't', 'T', 'TRUE', 'True'].includes(text)) return true;
  if (['false', '0', 'f', 'F', 'FALSE', 'False'].includes(text)) return false;
  throw invalid(flag, text, 'must be true or false');
}

function invalid(flag: Flag, text: string, why: string): FlagError {
  return new FlagError(`invalid value "${text}" for --${flag.name}: ${why}`);
}

/** What stands for the value of a flag whose row says nothing better. */
const PLACEHOLDERS: Record<FlagType, string> = {
  string: 'VALUE',
  boolean: '',
  duration: 'DURATION',
  integer: 'N',
  list: 'LIST',
};
const HELP_COLUMNS = 80;
const HELP_INDENT = 8;

/** The flags as a help page shows them: names, and below them what they mean, their default and their variable, for a terminal of 80 columns; what is off by default goes without saying. */
export function formatFlags(table: readonly Flag[]): string {
  const shown = table.filter((flag) => !flag.hidden);
  return shown.map((flag) => `${headOf(flag)}\n${wrap(meaningOf(flag))}`).join('');
}

function headOf({ short, name, alias, type, value = PLACEHOLDERS[type] }: Flag): string {
  const names = [...(short ? [`-${short}`] : []), `--${name}`, ...(alias ? [`--${alias}`] : [])];
  return `  ${names.join(', ')} ${value}`.trimEnd();
}

function meaningOf({ help, default: fallback = '', env }: Flag): string {
  const isUnset = fallback === '' || fallback === 'false';
  return `${help}${isUnset ? '' : ` (default: ${fallback})`}${env ? ` [$${env}]` : ''}`;
}

function wrap(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    const isFull = last === undefined || HELP_INDENT + last.length + 1 + word.length > HELP_COLUMNS;
    if (isFull) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines.map((line) => `${' '.repeat(HELP_INDENT)}${line}\n`).join('');
}
