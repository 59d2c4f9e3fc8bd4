import type { Logger } from '../shared/controller/logger.ts';
import { printableLine } from '../shared/process/printable.ts';

/** The agent's logger: one line per message, as text or as JSON. It is this small because every library in the agent is paid for in each member. */

export interface LogOptions {
  format: 'text' | 'json';
  /** 0 warnings, 1 and more information, 4 and more debugging. */
  verbosity: number;
  write(line: string): void;
  now(): number;
}

const LEVELS = { debug: 4, info: 1, warn: 0, error: 0 } as const;
type Level = keyof typeof LEVELS;

export function newLogger(options: LogOptions, bindings: Record<string, unknown> = {}): Logger {
  const log = (level: Level) => (fields: object, message: string) => {
    if (LEVELS[level] > options.verbosity) return;
    const time = new Date(options.now()).toISOString();
    const all = { ...bindings, ...fields };
    options.write(
      options.format === 'json' ? jsonLine(time, level, message, all) : textLine(time, level, message, all),
    );
  };
  return {
    debug: log('debug'),
    info: log('info'),
    warn: log('warn'),
    error: log('error'),
    child: (more) => newLogger(options, { ...bindings, ...more }),
  };
}

function jsonLine(time: string, level: Level, msg: string, fields: object): string {
  return `${JSON.stringify({ time, level, msg, ...fields }, (_key, value) => plain(value))}\n`;
}

function textLine(time: string, level: Level, message: string, fields: object): string {
  const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${textOf(plain(value))}`);
  return `${printableLine(`${time} ${level.toUpperCase().padEnd(5)} ${message}${pairs.join('')}`)}\n`;
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return /^[^\s="]+$/.test(text) ? text : JSON.stringify(text);
}

/** An error is told in words, with what caused it; no stack traces. */
function plain(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return value.cause instanceof Error ? `${value.message}: ${value.cause.message}` : value.message;
}
