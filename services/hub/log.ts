import { pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { Logger } from '../../shared/controller/logger.ts';
import { printableLine } from '../../shared/process/printable.ts';

/** The hub's logger: pino, as JSON or as text. An error is told in words with what caused it; there are no stack traces. */

export interface LogOptions {
  format: 'text' | 'json';
  /** 0 warnings, 1 and more information, 4 and more everything. */
  verbosity: number;
  write(line: string): void;
}

export function newLogger({ format, verbosity, write }: LogOptions): Logger {
  const level = verbosity >= 4 ? 'debug' : verbosity >= 1 ? 'info' : 'warn';
  const formatters = { level: (label: string) => ({ level: label }) };
  const options = {
    level,
    base: null,
    serializers: { err: inWords },
    formatters,
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  if (format === 'json') return pino(options, { write });
  // With its day, and in UTC as an agent's: what is looked for in a log is often of another day, or machine.
  const pretty = prettyFactory({ colorize: false, singleLine: true, translateTime: false, errorLikeObjectKeys: [] });
  return pino(options, { write: (line) => write(`${printableLine(pretty(line).trimEnd())}\n`) });
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && !message.includes(cause.message) ? `${message}: ${inWords(cause)}` : message;
}
