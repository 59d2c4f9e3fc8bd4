import {
  type DeleteResult,
  type Entry,
  isReadableKey,
  MAX_KEY_BYTES,
  type Precondition,
  type WriteResult,
} from './backend.ts';
import { KeyTooLongError, StorageClosedError, UnreadableKeyError } from './storage-errors.ts';
import { type Counters, entryOf, type LogRecord, type Tables } from './tables.ts';

/**
 * The one writer. Writes that arrive while a commit is under way wait and are committed together by the next one: preconditions are
 * evaluated in order against what is committed and what the batch has done so far; events are told and writers answered only after the batch is durable.
 */
export interface Committer {
  put(key: string, precondition: Precondition, encode: (revision: number) => Uint8Array): Promise<WriteResult>;
  delete(key: string, precondition: Precondition, encode: (revision: number) => Uint8Array): Promise<DeleteResult>;
  /** Runs while no commit is under way, in turn with the batches; refused once the store is being closed. */
  exclusively<T>(task: () => Promise<T>): Promise<T>;
  /** Waits for what was accepted, then refuses everything. */
  close(): Promise<void>;
}

/** Bounds the time of one commit and the memory it holds. */
const MAX_BATCH = 1000;

interface Waiting {
  /** Evaluates the write; an answer that must wait for the commit like every other comes back as a function. */
  evaluate(batch: Batch): () => void;
  reject(error: unknown): void;
}

interface Batch {
  records: LogRecord[];
  overlay: Map<string, Entry | undefined>;
  revision: number;
}

export interface CommitListener {
  /**
   * Called before a batch or a task is begun. A commit may have been told as failed and be found on the disk when that works again: nobody has been told of it.
   */
  begin(): void;
  /** Called with what is durable now, before its writers are answered. */
  publish(records: readonly LogRecord[]): void;
  /** A commit failed: nothing of it was kept. */
  failed(error: unknown): void;
}

export function newCommitter(tables: Tables, { begin, publish, failed }: CommitListener): Committer {
  let waiting: Waiting[] = [];
  let running: Promise<void> = Promise.resolve();
  let scheduled = false;
  let closed = false;

  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const result = running.then(task);
    running = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  };

  function schedule(): void {
    if (scheduled || waiting.length === 0) return;
    scheduled = true;
    void inTurn(async () => {
      scheduled = false;
      const batch = waiting.slice(0, MAX_BATCH);
      waiting = waiting.slice(MAX_BATCH);
      schedule();
      await commit(batch);
    });
  }

  async function commit(writes: Waiting[]): Promise<void> {
    const batch: Batch = { records: [], overlay: new Map(), revision: tables.counters().revision };
    let answers: (() => void)[];
    try {
      begin();
      answers = writes.map((write) => evaluated(write, batch));
      const counters: Counters = { revision: batch.revision, compacted: tables.counters().compacted };
      if (batch.records.length > 0) await tables.commit(batch.records, counters);
    } catch (error) {
      failed(error);
      for (const write of writes) write.reject(error);
      return;
    }
    publish(batch.records);
    for (const answer of answers) answer();
  }

  function evaluated(write: Waiting, batch: Batch): () => void {
    try {
      return write.evaluate(batch);
    } catch (error) {
      return () => write.reject(error);
    }
  }

  function submit<T>(evaluate: (batch: Batch) => T): Promise<T> {
    if (closed) return Promise.reject(new StorageClosedError());
    return new Promise<T>((resolve, reject) => {
      const toAnswer = (batch: Batch) => {
        const result = evaluate(batch);
        return () => resolve(result);
      };
      waiting.push({ evaluate: toAnswer, reject });
      schedule();
    });
  }

  const seen = (batch: Batch, key: string) => (batch.overlay.has(key) ? batch.overlay.get(key) : tables.get(key));

  return {
    put: (key, precondition, encode) =>
      submit((batch): WriteResult => {
        if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new KeyTooLongError(key);
        const current = seen(batch, key);
        // What was written before there was this rule can be changed until it is deleted.
        if (!current && !isReadableKey(key)) throw new UnreadableKeyError(key);
        if ((current?.modRevision ?? 0) !== precondition) return { ok: false, current };
        const record = newRecord('put', key, current, batch.revision + 1, encode);
        keep(batch, record, entryOf(record));
        return { ok: true, entry: entryOf(record) };
      }),
    delete: (key, precondition, encode) =>
      submit((batch): DeleteResult => {
        const current = seen(batch, key);
        if (!current || current.modRevision !== precondition) return { ok: false, current };
        const record = newRecord('delete', key, current, batch.revision + 1, encode);
        keep(batch, record, undefined);
        return { ok: true, previous: current, revision: record.revision };
      }),
    exclusively: (task) =>
      inTurn(async () => {
        if (closed) throw new StorageClosedError();
        begin();
        return task();
      }),
    close: async () => {
      closed = true;
      while (waiting.length > 0 || scheduled) await running;
      await running;
    },
  };
}

function keep(batch: Batch, record: LogRecord, entry: Entry | undefined): void {
  batch.records.push(record);
  batch.overlay.set(record.key, entry);
  batch.revision = record.revision;
}

function newRecord(
  type: LogRecord['type'],
  key: string,
  current: Entry | undefined,
  revision: number,
  encode: (revision: number) => Uint8Array,
): LogRecord {
  return {
    type,
    key,
    value: encode(revision),
    revision,
    createRevision: current?.createRevision ?? revision,
    previousModRevision: current?.modRevision ?? 0,
    ...(current ? { previous: current.value } : {}),
  };
}
