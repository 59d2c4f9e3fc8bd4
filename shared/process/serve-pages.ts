import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Serves a few plain-text pages, for probes and for Prometheus. `node:http` is loaded only where something is served. */

export interface Page {
  contentType?: string;
  /** Status and body now. */
  read(): { ok: boolean; text: string };
}

export type Pages = Readonly<Record<string, Page>>;

export interface PageServer {
  /** Useful where the port given was 0. */
  port: number;
  close(): Promise<void>;
}

/** Serves each set of pages at its address, two of the same address on one listener, and those without an address nowhere. All or none. */
export async function servePagesAt(
  sets: readonly [address: string | undefined, pages: Pages][],
): Promise<PageServer[]> {
  const pages = new Map<string, Pages>();
  for (const [address, more] of sets) if (address) pages.set(address, { ...pages.get(address), ...more });
  const servers: PageServer[] = [];
  try {
    for (const [address, served] of pages) servers.push(await servePages(address, served));
    return servers;
  } catch (error) {
    await Promise.all(servers.map((server) => server.close()));
    throw error;
  }
}

/** `address` is `HOST:PORT` or `:PORT`. Rejects in words if it can't be listened on. */
async function servePages(address: string, pages: Pages): Promise<PageServer> {
  const { createServer } = await import('node:http');
  const server = createServer((request, response) => {
    const page = pages[(request.url ?? '').split('?')[0] ?? ''];
    const { ok, text } = page?.read() ?? { ok: false, text: '404 page not found\n' };
    const status = page ? (ok ? 200 : 500) : 404;
    response.writeHead(status, { 'content-type': page?.contentType ?? 'text/plain; charset=utf-8' });
    response.end(text);
  });
  await listen(server, address);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, address: string): Promise<void> {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, Math.max(colon, 0)).replace(/^\[|\]$/g, '');
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new Error(`can't listen on ${address}: ${error.message}`)));
    server.listen({ port: Number(address.slice(colon + 1)), ...(host ? { host } : {}) }, resolve);
  });
}
