/** Whether a client has left before it had its answer. */
export class Leaving {
  #controller: AbortController | undefined;
  #hasLeft = false;

  leave(): void {
    this.#hasLeft = true;
    this.#abort();
  }

  /** Aborts then; made when it is first asked for. */
  signal(): AbortSignal {
    if (this.#controller) return this.#controller.signal;
    this.#controller = new AbortController();
    if (this.#hasLeft) this.#abort();
    return this.#controller.signal;
  }

  #abort(): void {
    this.#controller?.abort(new Error('the client left'));
  }
}
