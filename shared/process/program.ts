import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { printable } from './printable.ts';

/** What a process of ours needs of the world. */
export interface ProcessContext {
  /** Control characters in what is written are written out. */
  streams: { out(text: string): void; err(text: string): void };
  env: Readonly<Record<string, string | undefined>>;
  /** Aborts when the process is asked to end. */
  signal: AbortSignal;
}

export interface Program {
  /** As in `pullet <name>`; may also stand before the flags. */
  name: string;
  /** `import.meta.url` of the bundle's entry. */
  url: string;
  /** Resolves when the work is done; throws, in words, when it can't be. */
  run(args: string[], context: ProcessContext): Promise<void>;
}

/**
 * Runs a program if its file is what node was started with (also by a link to it), and not when it was imported: SIGTERM, SIGINT and SIGHUP end it, an error
 * is one line, and the exit code is 0, 1, or 2 for a wrong command line.
 */
export async function runIfMain({ name, url, run }: Program): Promise<void> {
  const [, file, ...args] = process.argv;
  if (!file || realpathSync(file) !== fileURLToPath(url)) return;
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => stopping.abort());
  const out = (text: string): void => void process.stdout.write(printable(text));
  const err = (text: string): void => void process.stderr.write(printable(text));
  try {
    const context = { streams: { out, err }, env: process.env, signal: stopping.signal };
    await run(args[0] === name ? args.slice(1) : args, context);
  } catch (error) {
    err(`error: ${wordsOf(error)}\n`);
    process.exitCode = error instanceof Error && error.name === 'UsageError' ? 2 : 1;
  }
}

/** An error's message, and those of its causes that it does not already repeat. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && !message.includes(cause.message) ? `${message}: ${wordsOf(cause)}` : message;
}
