/** When a test control plane counts as up: everything is there that a client may rely on from its first request. */

import { setTimeout as delay } from 'node:timers/promises';
import type { Component } from './component.ts';
import { plainGet, type RequestTarget } from './plain-request.ts';

const pollMs = 100;

/** One thing to wait for. */
export interface Wait {
  /** Whose early end ends the wait, and whose logs explain a timeout. */
  readonly components: readonly Component[];
  /** What is asked: each path has to answer 200. */
  readonly target: RequestTarget;
  readonly paths: readonly string[];
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** The API server's own word for ready, and what it makes a little later: namespaces, and the Service that shows that addresses are given. */
export const apiserverPaths: readonly string[] = [
  '/readyz',
  '/api/v1/namespaces/default',
  '/api/v1/namespaces/kube-system',
  '/api/v1/namespaces/kube-public',
  '/api/v1/namespaces/kube-node-lease',
  '/api/v1/namespaces/default/services/kubernetes',
];

/**
 * Polls each path in turn until it answers 200. Rejects, with the logs' last lines, when one of the components ends or the
 * deadline passes.
 */
export async function waitForPaths(wait: Wait): Promise<void> {
  for (const path of wait.paths) await waitForPath(wait, path);
}

async function waitForPath(wait: Wait, path: string): Promise<void> {
  for (;;) {
    wait.signal?.throwIfAborted();
    for (const component of wait.components) await component.throwIfEnded();
    const answer = await answerOf(wait.target, path);
    if (answer === '200') return;
    if (Date.now() > wait.deadlineMs) throw await newTimeoutError(wait, `${wait.target.server}${path}: ${answer}`);
    await delay(pollMs, undefined, wait.signal === undefined ? {} : { signal: wait.signal });
  }
}

async function answerOf(target: RequestTarget, path: string): Promise<string> {
  try {
    const { status, body } = await plainGet(target, path);
    return status === 200 ? '200' : `${status} ${body}`;
  } catch (error) {
    return String(error);
  }
}

async function newTimeoutError(wait: Wait, last: string): Promise<Error> {
  const tails = await Promise.all(
    wait.components.map(async (component) => `${component.name}:\n${await component.logTail()}`),
  );
  return new Error(`the control plane is not ready in time; last answer of ${last}\n${tails.join('\n')}`);
}
