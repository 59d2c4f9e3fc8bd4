import { appendFileSync } from 'node:fs';
import type { Logger } from '../../shared/controller/logger.ts';
import type { AuditEvent } from '../apiserver/middleware/audit-event.ts';

/**
 * Audit events to a file that only its owner may read, or to standard output (`-`). Each turn's events are handed to the system at once and before anything
 * else is done, so that a killed hub leaves no gap. The file is opened for each write: it may be moved away at any time, and a full disk ends nothing.
 */
export interface AuditLog {
  write(event: AuditEvent): void;
  flush(): void;
}

/** Throws, in words, if the file can't be written. `append` is for tests. */
export function openAuditLog(file: string, log: Logger, append: (text: string) => void = appenderOf(file)): AuditLog {
  let lines: string[] = [];
  let lost = 0;

  function flush(): void {
    const events = lines;
    lines = [];
    if (events.length > 0) tryToWrite(events);
  }

  function tryToWrite(events: string[]): void {
    try {
      // A disk that was full may have taken a part of a line.
      append(`${lost > 0 ? '\n' : ''}${events.join('')}`);
      if (lost > 0) log.warn({ lost, file }, 'the audit log is written again; events were lost');
      lost = 0;
    } catch (err) {
      if (lost === 0) log.error({ err, file }, 'the audit log could not be written; events are lost');
      lost += events.length;
    }
  }

  try {
    append('');
  } catch (error) {
    throw new Error(`the audit log ${file} can't be written`, { cause: error });
  }
  return {
    write(event) {
      if (lines.length === 0) setImmediate(flush);
      lines.push(`${JSON.stringify(event)}\n`);
    },
    flush,
  };
}

function appenderOf(file: string): (text: string) => void {
  if (file === '-') return (text) => void (text !== '' && process.stdout.write(text));
  return (text) => appendFileSync(file, text, { mode: 0o600 });
}
