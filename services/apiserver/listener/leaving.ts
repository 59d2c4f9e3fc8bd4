/** Whether a client has left before it had its answer. */
export interface Leaving {
  leave(): void;
  /** Aborts then; made when it is first asked for. */
  signal(): AbortSignal;
}

export function newLeaving(): Leaving {
  let controller: AbortController | undefined;
  let hasLeft = false;
  const abort = (): void => controller?.abort(new Error('the client left'));
  return {
    leave: () => {
      hasLeft = true;
      abort();
    },
    signal: () => {
      if (controller) return controller.signal;
      controller = new AbortController();
      if (hasLeft) abort();
      return controller.signal;
    },
  };
}
