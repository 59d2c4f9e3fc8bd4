/** HTTP/2 by the frame: what no client library would send, each on a connection of its own, and all that comes back. */

import { connect, type TLSSocket } from 'node:tls';
import { unpacked } from './hpack.ts';
import {
  type Frame,
  flagBits,
  framesIn,
  frameTypes,
  ping,
  preface,
  settingIds,
  settings,
  settingsAck,
  windowUpdate,
} from './http2-frames.ts';
import type { RawTarget } from './raw-exchange.ts';

export interface Exchange {
  /** Frames in turn; a number waits until what comes back on that stream has ended. */
  readonly sent: readonly (Buffer | number)[];
  /** Streams whose end is not waited for. */
  readonly unanswered?: readonly number[];
  /** Nothing is sent before: no preface and no settings. */
  readonly isBare?: boolean;
}

/** What came on a connection until all was answered. */
export interface Http2Answer {
  readonly streams: Record<string, StreamAnswer>;
  /** How the connection ended before that: the code of a GOAWAY that names an error, `closed` without one, or `nothing came`. */
  readonly failure?: string;
}

export interface StreamAnswer {
  /** `100` */
  interim: string[];
  status: string;
  headers: Record<string, string>;
  body: string;
  end: string;
}

export type Http2Sender = (exchange: Exchange) => Promise<Http2Answer>;

const deadlineMs = 60_000;
/** All that a server may want to send. */
const room = 2 ** 30;

export function newHttp2Sender({ server, caPem: ca, certPem: cert, keyPem: key }: RawTarget): Http2Sender {
  const { hostname: host, port } = new URL(server);
  return async (exchange) => {
    const identity = cert && key ? { cert, key } : {};
    const socket = connect({ host, port: Number(port), ca, ALPNProtocols: ['h2'], ...identity });
    const heard = listen(socket);
    const timer = setTimeout(() => heard.fail('nothing came'), deadlineMs);
    try {
      await play(socket, heard, exchange);
      return heard.answer();
    } finally {
      clearTimeout(timer);
      socket.destroy();
    }
  };
}

type Heard = ReturnType<typeof listen>;

async function play(
  socket: TLSSocket,
  heard: Heard,
  { sent, unanswered = [], isBare = false }: Exchange,
): Promise<void> {
  await heard.until(() => socket.getProtocol() !== null && !socket.connecting);
  if (!isBare) {
    socket.write(Buffer.concat([preface, settings([settingIds.tableSize, 0], [settingIds.window, room])]));
    await heard.until(() => heard.hasSettings());
    socket.write(Buffer.concat([settingsAck, windowUpdate(room)]));
  }
  const asked = new Set<number>();
  for (const part of sent) {
    if (typeof part === 'number') {
      await heard.until(() => heard.hasEnded(part));
      continue;
    }
    for (const { type, stream } of framesIn(part)[0]) if (type === frameTypes.headers) asked.add(stream);
    if (socket.writable) socket.write(part);
  }
  if (socket.writable) socket.write(ping('the end.'));
  const awaited = [...asked].filter((stream) => !unanswered.includes(stream));
  await heard.until(() => heard.isAtEnd() && awaited.every(heard.hasEnded));
}

/** What a server says, as it comes. */
function listen(socket: TLSSocket) {
  const streams = new Map<number, StreamAnswer>();
  let rest: Buffer = Buffer.alloc(0);
  let block: Buffer[] = [];
  let failure: string | undefined;
  let [hasSettings, isAtEnd] = [false, false];
  let look = (): void => {};
  const fail = (how: string): void => {
    failure ??= how;
    look();
  };

  const streamOf = (id: number): StreamAnswer => {
    const known = streams.get(id) ?? { interim: [], status: '', headers: {}, body: '', end: 'open' };
    streams.set(id, known);
    return known;
  };
  const take = ({ type, flags, stream, payload }: Required<Frame>): void => {
    if (type === frameTypes.settings && flags === 0) hasSettings = true;
    if (type === frameTypes.ping) isAtEnd ||= payload.toString() === 'the end.';
    if (type === frameTypes.goaway && payload.readUInt32BE(4) !== 0) fail(codeOf(payload.readUInt32BE(4)));
    if (type === frameTypes.data) streamOf(stream).body += payload.toString('latin1');
    if (type === frameTypes.headers || type === frameTypes.continuation) block.push(payload);
    if (block.length > 0 && flags & flagBits.endHeaders && type !== frameTypes.data) {
      takeHead(streamOf(stream), unpacked(Buffer.concat(block)));
      block = [];
    }
    const endsStream = (type === frameTypes.data || type === frameTypes.headers) && flags & flagBits.endStream;
    if (endsStream) streamOf(stream).end = 'ended';
    if (type === frameTypes.reset && streamOf(stream).end === 'open')
      streamOf(stream).end = `reset: ${codeOf(payload.readUInt32BE(0))}`;
  };
  socket.on('secureConnect', () => look());
  socket.on('data', (chunk: Buffer) => {
    const [frames, left] = framesIn(Buffer.concat([rest, chunk]));
    rest = left;
    for (const one of frames) take(one);
    look();
  });
  socket.on('error', () => {});
  socket.on('close', () => fail('closed'));

  return {
    fail,
    hasSettings: () => hasSettings,
    isAtEnd: () => isAtEnd,
    hasEnded: (stream: number) => (streams.get(stream)?.end ?? 'open') !== 'open',
    /** Or until the connection fails. */
    until: (isSo: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        look = () => {
          if (failure === undefined && !isSo()) return;
          look = () => {};
          resolve();
        };
        look();
      }),
    answer: (): Http2Answer => ({
      streams: Object.fromEntries([...streams].map(([id, one]) => [id, { ...one, body: asText(one.body) }])),
      ...(failure === undefined ? {} : { failure }),
    }),
  };
}

const asText = (bytes: string): string => Buffer.from(bytes, 'latin1').toString();

function takeHead(stream: StreamAnswer, fields: readonly [string, string][]): void {
  const { ':status': status = '', ...headers } = Object.fromEntries(fields.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  if (status.startsWith('1')) stream.interim.push(status);
  else Object.assign(stream, stream.status === '' ? { status, headers } : { trailers: headers });
}

/** Source: RFC 9113, 7. */
const codes =
  `NO_ERROR PROTOCOL_ERROR INTERNAL_ERROR FLOW_CONTROL_ERROR SETTINGS_TIMEOUT STREAM_CLOSED FRAME_SIZE_ERROR REFUSED_STREAM CANCEL
COMPRESSION_ERROR CONNECT_ERROR ENHANCE_YOUR_CALM INADEQUATE_SECURITY HTTP_1_1_REQUIRED`.split(/\s/);

const codeOf = (code: number): string => codes[code] ?? String(code);
