/** PEM blocks, RFC 7468. */

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]*)-----END \1-----/g;

/** The blocks with this label in order, each as PEM text; anything between them is passed over. */
export function pemBlocks(text: string, label: string): string[] {
  return [...text.matchAll(BLOCK)].filter((match) => match[1] === label).map((match) => `${match[0]}\n`);
}

export function encodePem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** The DER of the first block with this label, or undefined. */
export function decodePem(text: string, label: string): Uint8Array | undefined {
  for (const match of text.matchAll(BLOCK)) {
    if (match[1] === label) return Buffer.from(match[2] ?? '', 'base64');
  }
  return undefined;
}
