import type { Transport } from '../shared/client/transport.ts';

/** What comes back from a server: the status of an answer, or why there was none. */
export interface Listener {
  answered?(status: number): void;
  failed?(error: unknown): void;
}

export function heardTransport(transport: Transport, { answered, failed }: Listener): Transport {
  const { onConnect } = transport;
  return {
    request: async (request) => {
      const response = await transport.request(request).catch((error: unknown) => {
        failed?.(error);
        throw error;
      });
      answered?.(response.status);
      return response;
    },
    ...(onConnect ? { onConnect: (listener) => onConnect.call(transport, listener) } : {}),
    close: () => transport.close(),
  };
}
