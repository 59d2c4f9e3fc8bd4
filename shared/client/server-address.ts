/** The address of an API server. Throws, in words that begin with the text, if it is none. */
export function parseServer(server: string): URL {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  throw new Error(`"${server}" is not the address of a server: https://HOST:PORT is`);
}
