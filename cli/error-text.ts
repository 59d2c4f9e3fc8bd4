import { constants } from 'node:os';
import { isNotServed, isStatusError } from '../shared/apis/meta/status-error.ts';
import { ProxyError } from '../shared/client/proxy.ts';
import { wordsOf } from '../shared/process/program.ts';

/** An error as the sentence a user reads: what went wrong, and for API errors who said so, as kubectl words it. Never a stack. */
export function errorText(error: unknown): string {
  if (isStatusError(error)) {
    const said = `Error from server (${error.reason || error.code}): ${error.message}`;
    return isNotServed(error) ? `${said}\n${NO_HUB}` : said;
  }
  const words = wordsOf(error);
  const fix = fixOf(error);
  return words.includes(fix) ? `error: ${words}` : `error: ${words}\n${fix}`;
}

/** Commands ask for kinds of a hub; all others are everywhere. */
export const NO_HUB =
  'Is this a hub? See that --kubeconfig, or KUBECONFIG, names the one of the hub, and not of a member.';

/** Of a proxy in the way, wherever in the chain of causes; other errors bring theirs along in their text. */
function fixOf(error: unknown): string {
  if (error instanceof ProxyError) return error.fix;
  return error instanceof Error && error.cause !== undefined ? fixOf(error.cause) : '';
}

/** Why a command was ended before it was done: the reason of its abort. */
export class Interrupted extends Error {
  readonly exitCode: number;
  constructor(signal: NodeJS.Signals) {
    super('interrupted');
    this.name = 'Interrupted';
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** 2 for a wrong command line, 128 and the number of the signal that ended it (130 after Ctrl-C), else 1. */
export function exitCodeOf(error: unknown, { aborted, reason }: AbortSignal): number {
  if (aborted) return (reason instanceof Interrupted ? reason : new Interrupted('SIGINT')).exitCode;
  return error instanceof Error && error.name === 'UsageError' ? 2 : 1;
}
