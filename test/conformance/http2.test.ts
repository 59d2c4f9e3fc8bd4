/** HTTP/2 frame by frame: the embedded API answers as a kube-apiserver does. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ensureBinaries } from '../kube/binaries.ts';
import { compareHttp2 } from './compare-http2.ts';
import { http2Groups, wholeExchange } from './http2-cases.ts';
import type { Exchange } from './http2-exchange.ts';
import { lastDifferences } from './sent-again.ts';
import { type ServerPair, startServerPair } from './servers.ts';

/** Most of each exchange is waiting. */
const AT_ONCE = 8;

const binaries = await ensureBinaries();

describe.runIf('dir' in binaries)('as a kube-apiserver', () => {
  let pair: ServerPair;
  beforeAll(async () => {
    pair = await startServerPair();
  });
  afterAll(() => pair?.stop());

  async function differing([name, exchange]: [string, Exchange]): Promise<string[]> {
    const whole = wholeExchange(exchange);
    const lines = await lastDifferences(async () => {
      const [embedded, upstream] = await Promise.all([pair.embedded.sendHttp2(whole), pair.upstream.sendHttp2(whole)]);
      return compareHttp2(name, embedded, upstream);
    });
    return lines.map((line) => `${name}: ${line}`);
  }

  test.each(Object.entries(http2Groups))('%s', async (_name, exchanges) => {
    const waiting = Object.entries(exchanges);
    const reports: string[] = [];
    const run = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) reports.push(...(await differing(next)));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, run));
    expect(reports).toEqual([]);
  });
});
