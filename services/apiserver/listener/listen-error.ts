/** What is wrong with an address that can't be served, in words; the system's error is the cause. */
export function newListenError(
  error: Error & { code?: string },
  { host, port }: { host: string; port: number },
): Error {
  const at = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Error(`can't listen on ${at}: ${REASONS[error.code ?? ''] ?? error.message}`, { cause: error });
}

const REASONS: Record<string, string> = {
  EADDRINUSE: 'the port is in use by another process',
  EACCES: 'this user may not use the port',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'there is no such host',
};
