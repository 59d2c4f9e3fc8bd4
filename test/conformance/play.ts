/** Plays a sequence of requests on both servers, each in a new namespace, and tells the first step whose answers differ. */

import { setTimeout as delay } from 'node:timers/promises';
import { load } from 'js-yaml';
import { differences } from './difference.ts';
import { withoutIntended } from './intended.ts';
import { type Json, type Normaliser, newNormaliser } from './normalise.ts';
import type { WireAnswer, WireRequest } from './send.ts';
import type { ConformanceServer, ServerPair } from './servers.ts';
import { describeStep, type Memory, newMemory, type Step, toWire } from './step.ts';

/** What is compared of an answer. */
export interface Compared {
  status: number;
  headers: Record<string, string[] | undefined>;
  body: Json;
}

export interface Mismatch {
  step: number;
  /** One line for each difference. */
  lines: string[];
  /** Everything sent until then, and both answers. */
  report: string;
}

/** Counts for the summary. */
export interface Tally {
  sequences: number;
  requests: number;
}

const comparedHeaders = [
  'content-type',
  'warning',
  'www-authenticate',
  'retry-after',
  'allow',
  'location',
  'cache-control',
];

interface Side {
  server: ConformanceServer;
  memory: Memory;
  normaliser: Normaliser;
}

function newSide(server: ConformanceServer, namespace: string): Side {
  return { server, memory: newMemory(namespace), normaliser: newNormaliser() };
}

export async function play(pair: ServerPair, steps: readonly Step[], tally: Tally): Promise<Mismatch | undefined> {
  const namespace = `seq-${tally.sequences++}`;
  const sides = [newSide(pair.embedded, namespace), newSide(pair.upstream, namespace)];
  await Promise.all(sides.map((side) => ask(side, newNamespace(namespace))));
  for (const [index, step] of steps.entries()) {
    tally.requests++;
    const [embedded, upstream] = await Promise.all(sides.map((side) => ask(side, step)));
    if (step.settleMs) await delay(step.settleMs);
    const [ours, theirs] = withoutIntended(step, embedded as Compared, upstream as Compared);
    const lines = differences(ours, theirs);
    if (lines.length > 0)
      return { step: index, lines, report: report(steps.slice(0, index + 1), lines, [ours, theirs]) };
  }
  return undefined;
}

function newNamespace(name: string): Step {
  return { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name } } };
}

async function ask({ server, memory, normaliser }: Side, step: Step): Promise<Compared> {
  const answer = step.isWatch ? await watch(server, toWire(step, memory)) : await server.send(toWire(step, memory));
  memory.remember(answer);
  return compared(answer, normaliser);
}

const silenceMs = 150;

/** What a watch tells until it is silent. */
async function watch(server: ConformanceServer, wire: WireRequest): Promise<WireAnswer> {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), 4 * silenceMs);
  const lines: string[] = [];
  const onLine = (line: string): void => {
    lines.push(line);
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), silenceMs);
  };
  try {
    return await server.send({ ...wire, signal: silence.signal, onLine });
  } catch (error) {
    if (!silence.signal.aborted) throw error;
    return { status: 200, headers: {}, body: lines.join('\n') };
  } finally {
    clearTimeout(timer);
  }
}

function compared({ status, headers, body }: WireAnswer, normaliser: Normaliser): Compared {
  return {
    status,
    headers: Object.fromEntries(
      comparedHeaders.map((name) => [name, headers[name]?.map((value: string) => normaliser.text(value))]),
    ),
    body: decode(body, normaliser, headers['content-type']?.[0] ?? ''),
  };
}

function decode(body: string, normaliser: Normaliser, contentType: string): Json {
  if (contentType === 'application/yaml') return normaliser.json(load(body) as Json);
  try {
    return normaliser.json(JSON.parse(body) as Json);
  } catch {
    const lines = body.trimEnd().split('\n');
    if (lines.length >= 1 && lines.every((line) => line.startsWith('{'))) {
      return lines.map((line) => normaliser.json(JSON.parse(line) as Json));
    }
    return normaliser.text(body);
  }
}

function report(steps: readonly Step[], lines: readonly string[], answers: readonly Compared[]): string {
  const sent = steps.map((step, index) => `${index}. ${describeStep(step)}`);
  const said = ['embedded', 'upstream'].map((name, index) => `${name}: ${JSON.stringify(answers[index])}`);
  return [...sent, ...lines, ...said].join('\n');
}
