/** Questions to a server beside those that are compared, until the answer is as it will stay. */

import { setTimeout as delay } from 'node:timers/promises';
import type { ConformanceServer } from './servers.ts';

const deadlineMs = 90_000;
const everyMs = 20;

/** Polls until it holds, or the deadline. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + deadlineMs; Date.now() < end; await delay(everyMs)) if (await holds()) return;
}

const json = { 'content-type': 'application/json' };

/** Decodes the body of what a server answers. */
export async function askJson(
  { send }: Pick<ConformanceServer, 'send'>,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const answer = await send({
    method,
    path,
    headers: json,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: answer.body.startsWith('{') ? JSON.parse(answer.body) : undefined };
}
