/** Plays a sequence of requests on both servers, each in a new namespace, and tells the first step whose answers differ. */

import { setTimeout as delay } from 'node:timers/promises';
import { load } from 'js-yaml';
import { differences } from './difference.ts';
import { type FollowedWatch, followWatch } from './follow-watch.ts';
import { freshenCache, isFromCache } from './fresh-cache.ts';
import { withoutIntended } from './intended.ts';
import { type Json, type Normaliser, newNormaliser } from './normalise.ts';
import { isReadAgain } from './read-again.ts';
import { readProtobuf } from './read-protobuf.ts';
import type { WireAnswer, WireRequest } from './send.ts';
import type { ConformanceServer, ServerPair } from './servers.ts';
import { settlements } from './settlements.ts';
import { describeStep, type Memory, newMemory, type Step, toWire } from './step.ts';

/** What is compared of an answer. */
export interface Compared {
  status: number;
  headers: Record<string, string[] | undefined>;
  body: Json;
  /** Set where it is JSON over several lines. */
  isIndented?: true;
}

export interface Mismatch {
  /** Counted without the namespace, which comes first. */
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
  'x-content-type-options',
  'content-encoding',
  'vary',
];

interface Side {
  server: ConformanceServer;
  memory: Memory;
  normaliser: Normaliser;
  /** Those that are open, by name. */
  watches: Map<string, FollowedWatch>;
}

function newSide(server: ConformanceServer, namespace: string): Side {
  return { server, memory: newMemory(namespace), normaliser: newNormaliser(), watches: new Map() };
}

export async function play(pair: ServerPair, steps: readonly Step[], tally: Tally): Promise<Mismatch | undefined> {
  const namespace = `seq-${tally.sequences++}`;
  const sides = [newSide(pair.embedded, namespace), newSide(pair.upstream, namespace)];
  try {
    return await playOn(sides, [newNamespace(namespace), ...steps], tally);
  } finally {
    for (const watch of sides.flatMap(({ watches }) => [...watches.values()])) watch.stop();
  }
}

async function playOn(sides: readonly Side[], steps: readonly Step[], tally: Tally): Promise<Mismatch | undefined> {
  for (const [index, step] of steps.entries()) {
    tally.requests++;
    const { lines, answers } = await settledAnswers(sides, step);
    if (lines.length > 0) return { step: index - 1, lines, report: report(steps.slice(0, index + 1), lines, answers) };
  }
  return undefined;
}

interface Outcome {
  lines: string[];
  answers: Compared[];
}

async function settledAnswers(sides: readonly Side[], step: Step): Promise<Outcome> {
  for (const endMs = Date.now() + settledMs; ; await delay(pollMs)) {
    const [embedded, upstream] = await Promise.all(sides.map((side) => ask(side, step).catch(unanswered)));
    const answers = withoutIntended(step, embedded as Compared, upstream as Compared);
    const lines = step.isUncompared ? [] : differences(...answers);
    if (lines.length === 0 || !isReadAgain(step) || Date.now() > endMs) return { lines, answers };
  }
}

/** A server that does not answer is told with the rest, which says what was asked. */
const unanswered = (error: unknown): Compared => ({ status: 0, headers: {}, body: `no answer: ${String(error)}` });

function newNamespace(name: string): Step {
  return { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name } } };
}

const pollMs = 50;
/** For what a server does on its own. */
const settledMs = 60_000;

async function untilAnswered(send: () => Promise<WireAnswer>, until: Step['until']): Promise<WireAnswer> {
  const endMs = Date.now() + settledMs;
  for (;;) {
    const answer = await send();
    if (!until || Date.now() > endMs) return answer;
    const isTold = answer.body.includes(until.text ?? '') && !(until.lacks && answer.body.includes(until.lacks));
    if (answer.status === until.status && isTold) return answer;
    await delay(pollMs);
  }
}

/** Sends one step; a watch that is only opened counts as silent. */
async function ask(side: Side, step: Step): Promise<Compared> {
  const { server, memory, normaliser, watches } = side;
  if (step.settledBefore) await settlements.collector(server, memory);
  if (isFromCache(step)) await freshenCache(server, memory, step);
  const wire = toWire(step, memory);
  const send = step.bare ? server.sendBare : server.send;
  if (step.opens) {
    const watch = followWatch(send, wire, { label: step.opens });
    watches.set(step.opens, watch);
    await watch.opened;
    return { status: 200, headers: {}, body: null };
  }
  const answer = await (step.isWatch || step.closes
    ? watched(side, step, wire)
    : untilAnswered(() => send(wire), step.until && { ...step.until, text: memory.fill(step.until.text ?? '') }));
  memory.remember(answer);
  if (step.settles) await settlements[step.settles](server, memory);
  if (step.opaque) return { status: answer.status, headers: {}, body: null };
  return compared(step.isRewritten ? withoutVersion(answer) : answer, normaliser);
}

const withoutVersion = (answer: WireAnswer): WireAnswer => ({
  ...answer,
  body: answer.body.replace(/"resourceVersion":"\d+",?/g, ''),
});

const silenceMs = 150;

async function watched({ server, memory, watches }: Side, step: Step, wire: WireRequest): Promise<WireAnswer> {
  const { closes, endsAt } = step;
  /** A moment, and as long as the server takes to answer something else before and after it. */
  const silence = async (): Promise<void> => {
    await freshenCache(server, memory, step);
    await delay(silenceMs);
    await freshenCache(server, memory, step);
  };
  const end = endsAt === undefined ? { silence } : { label: endsAt };
  const watch = (closes && watches.get(closes)) || followWatch(server.send, wire, end);
  return watch.answer;
}

function compared({ status, headers, body }: WireAnswer, normaliser: Normaliser): Compared {
  return {
    status,
    headers: Object.fromEntries(
      comparedHeaders.map((name) => [name, headers[name]?.map((value: string) => normaliser.text(value))]),
    ),
    body: withoutReminders(decode(body, normaliser, headers['content-type']?.[0] ?? '')),
    ...(body.startsWith('{\n') ? { isIndented: true } : {}),
  };
}

function decode(body: string, normaliser: Normaliser, contentType: string): Json {
  if (contentType.includes('protobuf') && !contentType.includes('openapi'))
    return normaliser.json(readProtobuf(body, contentType));
  if (contentType === 'application/yaml' && body !== '') return normaliser.json(load(body) as Json);
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

/** Of the events of a watch: a server may send a bookmark whenever it likes, but that which ends what was there at the beginning. */
function withoutReminders(body: Json): Json {
  if (!Array.isArray(body)) return body;
  const isReminder = (text: string): boolean => /"type":"BOOKMARK"/.test(text) && !text.includes('initial-events-end');
  return body.filter((event) => !isReminder(JSON.stringify(event)));
}

function report(steps: readonly Step[], lines: readonly string[], answers: readonly Compared[]): string {
  const sent = steps.map((step, index) => `${index}. ${describeStep(step)}`);
  const said = ['embedded', 'upstream'].map((name, index) => `${name}: ${JSON.stringify(answers[index])}`);
  return [...sent, ...lines, ...said].join('\n');
}
