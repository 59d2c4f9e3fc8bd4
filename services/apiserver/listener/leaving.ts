import type { Connections } from './connections.ts';

/** Whether a client has left before it had its answer, or the server does not wait for that any more. */
export class Leaving {
  readonly #connections: Pick<Connections, 'onEnding'>;
  #controller: AbortController | undefined;
  #stopListening: (() => void) | undefined;
  #hasLeft = false;
  #isAnswered = false;

  constructor(connections: Pick<Connections, 'onEnding'>) {
    this.#connections = connections;
  }

  /** Says nothing after the answer. */
  leave(): void {
    if (this.#isAnswered) return;
    this.#hasLeft = true;
    this.#abort();
  }

  answered(): void {
    this.#isAnswered = true;
  }

  /** Aborts then; made when it is first asked for, as few requests do, and to be let go with `forget`. */
  signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal;
    this.#controller = new AbortController();
    this.#stopListening = this.#connections.onEnding(() => this.leave());
    if (this.#hasLeft) this.#abort();
    return this.#controller.signal;
  }

  forget(): void {
    this.#stopListening?.();
  }

  #abort(): void {
    this.#controller?.abort(new Error('the client left'));
  }
}
