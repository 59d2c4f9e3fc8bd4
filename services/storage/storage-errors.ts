/** What can go wrong with the store itself, as types that the API server and the hub tell apart. */

/** There is no room for the write; nothing of it was kept. Reads go on; writes work again when there is room. */
export class StorageFullError extends Error {
  constructor(options?: ErrorOptions) {
    super('the store has no room left for this write', options);
    this.name = 'StorageFullError';
  }
}

/** A write was not made for a reason of the disk or the database. Nothing of it was kept. */
export class StorageWriteError extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(`the store could not write: ${why}`, options);
    this.name = 'StorageWriteError';
  }
}

/** No backend keeps a key of so many bytes; nothing was written. */
export class KeyTooLongError extends Error {
  constructor(key: string) {
    super(`the store keeps no key of ${Buffer.byteLength(key)} bytes: ${key.slice(0, 100)}…`);
    this.name = 'KeyTooLongError';
  }
}

/** No backend gives this key back as it was written (`isReadableKey`); nothing was written. */
export class UnreadableKeyError extends Error {
  constructor(key: string) {
    super(`the store keeps no key with such characters: ${JSON.stringify(key.slice(0, 100))}`);
    this.name = 'UnreadableKeyError';
  }
}

/** What the store holds under this key is not what was written there: the disk or somebody changed it. It is never served. */
export class DamagedValueError extends Error {
  readonly key: string;
  constructor(key: string) {
    super(`the store is damaged: the checksum of ${key} is wrong`);
    this.name = 'DamagedValueError';
    this.key = key;
  }
}

/** The store was closed before this was done; the write did not happen. */
export class StorageClosedError extends Error {
  constructor() {
    super('the store is closed');
    this.name = 'StorageClosedError';
  }
}

/** The directory can't be used; it was left as it was. The message says why and names the directory. */
export class StorageDirectoryError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StorageDirectoryError';
  }
}

/** Another living process has the directory open. */
export class StorageLockedError extends StorageDirectoryError {
  /** Unknown of a process in another container. */
  readonly holderPid: number | undefined;
  constructor(directory: string, holderPid?: number) {
    super(`the data directory ${directory} is in use by ${holderPid ? `process ${holderPid}` : 'a process elsewhere'}`);
    this.name = 'StorageLockedError';
    this.holderPid = holderPid;
  }
}
