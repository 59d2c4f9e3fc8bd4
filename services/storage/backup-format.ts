import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import type { Entry, Snapshot } from './backend.ts';

/**
 * A backup as bytes: gzip over frames. A frame is its kind (1 byte), the lengths of its two parts (4 bytes each, big-endian), a JSON part and a part of
 * bytes. First comes one header, then files, then entries in the order of their keys, then one end with the SHA-256 of all before it: what has no end was cut off.
 */

export interface BackupHeader {
  format: number;
  /** Of the store that was copied. */
  epoch: string;
  revision: number;
  createdAtMs: number;
  /**
   * A store that is restored starts at `revision + revisionStep + elapsed × revisionsPerMs`, where elapsed is the time since `createdAtMs`: more revisions than
   * the lost store, or one restored before from the same backup, can have made since, so that a resourceVersion that a client saw is never given again.
   */
  revisionStep: number;
  revisionsPerMs: number;
}

export interface BackupFile {
  /** Relative, one name or several with `/` between them. */
  name: string;
  content: Uint8Array;
}

export type BackupItem = { header: BackupHeader } | { file: BackupFile } | { entry: Entry };

/** The bytes are not a whole backup that this program can read; the message says why. */
export class BackupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BackupError';
  }
}

const BACKUP_FORMAT = 1;
const REVISION_STEP = 1e9;
/** Ten times what a store writes at its fastest. */
const REVISIONS_PER_MS = 300;

/** Where the revisions of a restored store start. A clock that went back counts as one that stood still. */
export function restoredRevision(header: BackupHeader, nowMs: number): number {
  const elapsedMs = Math.max(0, nowMs - header.createdAtMs);
  return header.revision + header.revisionStep + Math.ceil(elapsedMs * header.revisionsPerMs);
}

const KINDS = { header: 1, file: 2, entry: 3, end: 4 } as const;
const FRAME_HEAD_BYTES = 9;
/** No part is as large as this: a length beyond it is damage. */
const MAX_PART_BYTES = 256 << 20;
const CHUNK_BYTES = 64 << 10;

export interface BackupSource {
  epoch: string;
  createdAtMs: number;
  files: readonly BackupFile[];
  /** Called when the first byte is asked for, so that a backup that nobody reads holds nothing. It is closed at the end, also of a backup that is given up. */
  openSnapshot(): Snapshot;
}

/** The bytes of a backup, as fast as they are read. Throws what reading the snapshot throws; then the bytes have no end frame. */
export async function* writeBackup(source: BackupSource): AsyncGenerator<Uint8Array> {
  const gzip = createGzip({ level: 4 });
  pipeline(Readable.from(chunks(framesOf(source)), { objectMode: false }), gzip, () => {});
  try {
    for await (const chunk of gzip) yield chunk;
  } finally {
    gzip.destroy();
  }
}

function* framesOf({ epoch, createdAtMs, files, openSnapshot }: BackupSource): Generator<Buffer> {
  const hash = createHash('sha256');
  const hashed = (bytes: Buffer): Buffer => {
    hash.update(bytes);
    return bytes;
  };
  const snapshot = openSnapshot();
  try {
    const { revision } = snapshot;
    const steps = { revisionStep: REVISION_STEP, revisionsPerMs: REVISIONS_PER_MS };
    const header: BackupHeader = { format: BACKUP_FORMAT, epoch, revision, createdAtMs, ...steps };
    yield hashed(frame(KINDS.header, header));
    for (const { name, content } of files) yield hashed(frame(KINDS.file, { name }, content));
    for (const { value, ...about } of snapshot.entries()) yield hashed(frame(KINDS.entry, about, value));
    yield frame(KINDS.end, { sha256: hash.digest('hex') });
  } finally {
    snapshot.close();
  }
}

function frame(kind: number, about: object, bytes: Uint8Array = new Uint8Array()): Buffer {
  const json = Buffer.from(JSON.stringify(about));
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(json.length, 1);
  head.writeUInt32BE(bytes.length, 5);
  return Buffer.concat([head, json, bytes]);
}

/** Fewer and larger; between two of them others get their turn. */
async function* chunks(frames: Iterable<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let size = 0;
  for (const bytes of frames) {
    waiting.push(bytes);
    size += bytes.length;
    if (size < CHUNK_BYTES) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    size = 0;
  }
  yield Buffer.concat(waiting);
}

/** What a backup holds. Throws `BackupError` when it is damaged, cut off or none, at the latest at its end: nothing is to be relied on before. */
export async function* readBackup(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<BackupItem> {
  const hash = createHash('sha256');
  let expected: 'header' | 'items' | 'nothing' = 'header';
  for await (const { kind, json, payload, raw } of readFrames(bytes)) {
    if (expected === 'nothing' || (kind === KINDS.header) !== (expected === 'header')) throw new BackupError(NO_BACKUP);
    expected = kind === KINDS.end ? 'nothing' : 'items';
    if (kind === KINDS.end) checkEnd(json, hash.digest('hex'));
    else {
      hash.update(raw);
      yield itemOf(kind, json, payload);
    }
  }
  if (expected !== 'nothing') throw new BackupError('the backup is cut off');
}

const NO_BACKUP = 'the file is not a backup of a hub, or is damaged';

function checkEnd(json: unknown, sha256: string): void {
  if ((json as { sha256?: unknown }).sha256 !== sha256)
    throw new BackupError('the backup is damaged: its checksum is wrong');
}

function itemOf(kind: number, json: unknown, payload: Buffer): BackupItem {
  switch (kind) {
    case KINDS.header:
      return { header: checkedHeader(json as BackupHeader) };
    case KINDS.file:
      return { file: { ...(json as { name: string }), content: payload } };
    case KINDS.entry:
      return { entry: { ...(json as Omit<Entry, 'value'>), value: payload } };
    default:
      throw new BackupError('the backup is damaged: it has a part of a kind that there is not');
  }
}

function checkedHeader(header: BackupHeader): BackupHeader {
  if (header.format === BACKUP_FORMAT) return header;
  throw new BackupError(`the backup has format ${header.format}; this program reads ${BACKUP_FORMAT}`);
}

interface Frame {
  kind: number;
  json: unknown;
  payload: Buffer;
  raw: Buffer;
}

async function* readFrames(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of unzipped(bytes)) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let next = takeFrame(rest); next; next = takeFrame(rest)) {
      rest = rest.subarray(next.raw.length);
      yield next;
    }
  }
  if (rest.length > 0) throw new BackupError('the backup is cut off');
}

function takeFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < FRAME_HEAD_BYTES) return undefined;
  const jsonSize = bytes.readUInt32BE(1);
  const payloadSize = bytes.readUInt32BE(5);
  if (Math.max(jsonSize, payloadSize) > MAX_PART_BYTES) throw new BackupError(NO_BACKUP);
  const payloadAt = FRAME_HEAD_BYTES + jsonSize;
  const end = payloadAt + payloadSize;
  if (bytes.length < end) return undefined;
  const json = parse(bytes.toString('utf8', FRAME_HEAD_BYTES, payloadAt));
  return { kind: bytes.readUInt8(0), json, payload: bytes.subarray(payloadAt, end), raw: bytes.subarray(0, end) };
}

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch {}
  throw new BackupError(NO_BACKUP);
}

async function* unzipped(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip();
  pipeline(Readable.from(bytes, { objectMode: false }), gunzip, () => {});
  try {
    for await (const chunk of gunzip) yield chunk;
  } catch (error) {
    throw inWords(error);
  } finally {
    gunzip.destroy();
  }
}

function inWords(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'Z_BUF_ERROR') return new BackupError('the backup is cut off', { cause: error });
  return code.startsWith('Z_') ? new BackupError(NO_BACKUP, { cause: error }) : error;
}
