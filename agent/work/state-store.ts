/**
 * Where an agent keeps what must outlive it: a few named blobs. A blob is written whole or not at all, also when the agent is killed meanwhile.
 */
export interface StateStore {
  /** Every blob by its name; one that can't be put together any more is left out. Throws if the place can't be read. */
  load(signal: AbortSignal): Promise<Map<string, Buffer>>;
  save(name: string, bytes: Buffer, signal: AbortSignal): Promise<void>;
  /** Names of blobs that somebody else has deleted or changed since they were loaded or saved here: the next save of each is a whole one. */
  altered(signal: AbortSignal): Promise<string[]>;
  /** Also if there is none. */
  remove(name: string, signal: AbortSignal): Promise<void>;
}
