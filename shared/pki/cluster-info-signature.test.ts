import { describe, expect, test } from 'vitest';
import { signClusterInfo, verifyClusterInfo } from './cluster-info-signature.ts';

const token = { id: 'joshua', secret: 'my voice is my passcode' };
const content = 'Hello from the other side. I must have called a thousand times.';

describe('the signature of cluster-info', () => {
  test.each([
    [content, 'eyJhbGciOiJIUzI1NiIsImtpZCI6Impvc2h1YSJ9..VShe2taLd-YTrmWuRkcL_8QTNDHYxQIEBsAYYiIj1_8'],
    ['', 'eyJhbGciOiJIUzI1NiIsImtpZCI6Impvc2h1YSJ9..7Ui1ALizW4jXphVUB7xUqC9vLYLL9RZeOFfVLoB7Tgk'],
  ])('is what Kubernetes computes (content %j)', (text, expected) => {
    expect(signClusterInfo(text, token)).toBe(expected);
    expect(verifyClusterInfo(text, expected, token)).toBe(true);
  });

  interface Tampering {
    text?: string;
    secret?: string;
    id?: string;
    cut?: number;
  }
  test.each<[string, Tampering]>([
    ['another text', { text: `${content} ` }],
    ['another secret', { secret: 'my voice is my passcodf' }],
    ['another id', { id: 'joshub' }],
    ['a cut signature', { cut: 1 }],
  ])('does not verify with %s', (_what, { text = content, secret = token.secret, id = token.id, cut = 0 }) => {
    const signature = signClusterInfo(content, token);
    expect(verifyClusterInfo(text, signature.slice(0, signature.length - cut), { id, secret })).toBe(false);
  });
});
