import { createHash } from 'node:crypto';
import { namespaces, type Secret, secrets } from '../../shared/apis/core/v1.ts';
import { isNotFound } from '../../shared/apis/meta/status-error.ts';
import type { KubeList, KubeObject } from '../../shared/apis/meta/v1.ts';
import { keptStateCluster, keptStatePrefix } from '../../shared/apis/work/kept-state.ts';
import { STATE_LABEL } from '../../shared/apis/work/v1alpha1.ts';
import type { KubeClient } from '../../shared/client/client.ts';
import { createIfAbsent, deleteIfPresent } from '../../shared/client/ensure-object.ts';
import { pathOf, withQuery } from '../../shared/client/request-path.ts';
import type { Logger } from '../../shared/controller/logger.ts';
import { isImmutableChange } from './immutable-change.ts';
import type { StateStore } from './state-store.ts';

/**
 * Blobs as Secrets `pullet-state-<name>` in the member, since Works contain Secrets. One that is too large for a Secret is spread over parts, which are named by what
 * they hold and are written before the Secret that names them: so it changes in one write. What no Secret names is left from a write that was cut off, or of one that a former
 * leader is about to end: so it goes only when it is looked at again, long after it was loaded.
 */

export interface SecretStateStoreOptions {
  member: KubeClient;
  namespace: string;
  /** Where a hub keeps it, rather than an agent: other hubs may keep theirs of the same member in the same namespace. */
  cluster?: string;
  log: Logger;
  /** Of one Secret's data; `MAX_SECRET_BYTES` if absent. */
  maxBytes?: number;
}

/** A Kubernetes API takes 1 MiB. */
export const MAX_SECRET_BYTES = 900 * 1024;
const DATA = 'data';
const PARTS = 'parts';

export function newSecretStateStore(options: SecretStateStoreOptions): StateStore {
  const secretStore = newSecretAccess(options);
  const { maxBytes = MAX_SECRET_BYTES, cluster } = options;
  const prefix = keptStatePrefix(cluster);
  /** By blob: the names of its parts, as they were read or written last. */
  const partsOf = new Map<string, string[]>();
  /** Parts that no Secret named when it was loaded. */
  const unnamed = new Set<string>();
  const removeParts = async (names: readonly string[], signal: AbortSignal): Promise<void> => {
    for (const name of names) await secretStore.remove(name, signal);
  };

  return {
    load: async (signal) => {
      const found = new Map((await secretStore.list(signal)).map((secret) => [secret.metadata.name ?? '', secret]));
      partsOf.clear();
      unnamed.clear();
      const blobs = new Map<string, Buffer>();
      const named = new Set<string>();
      for (const [secret, object] of found) {
        const name = blobName(object, prefix);
        if (name === undefined) {
          if (!isPart(object))
            options.log.warn(
              { secret },
              "a Secret that has the label of the agent's state is not of it: it is not used",
            );
          continue;
        }
        const parts = partNames(object);
        for (const part of parts) named.add(part);
        partsOf.set(
          name,
          parts.filter((part) => found.has(part)),
        );
        const bytes = assemble(object, parts, found);
        if (bytes) blobs.set(name, bytes);
        else
          options.log.warn(
            { secret },
            'a part of the kept state is missing: it is not used, and nothing that only it knows of is deleted; whoever can restore it stops the agent first, which writes over it else',
          );
      }
      for (const [name, object] of found) if (isPart(object) && !named.has(name)) unnamed.add(name);
      return blobs;
    },
    save: async (name, bytes, signal) => {
      const former = partsOf.get(name) ?? [];
      const pieces = bytes.length > maxBytes ? split(bytes, maxBytes) : [];
      const parts = pieces.map((piece) => `${prefix}${name}-${digest(piece)}`);
      for (const part of parts) unnamed.delete(part);
      for (const [index, piece] of pieces.entries()) {
        if (!former.includes(parts[index] ?? '')) await secretStore.put(parts[index] ?? '', { [DATA]: piece }, signal);
      }
      const head = pieces.length > 0 ? { [PARTS]: Buffer.from(JSON.stringify(parts)) } : { [DATA]: bytes };
      await secretStore.put(`${prefix}${name}`, head, signal, name);
      partsOf.set(name, parts);
      await removeParts(
        former.filter((part) => !parts.includes(part)),
        signal,
      );
    },
    altered: async (signal) => {
      const secrets = await secretStore.altered(signal);
      const isAltered = (name: string): boolean => secrets.has(name);
      const blobs = [...partsOf].filter(([name, parts]) => isAltered(`${prefix}${name}`) || parts.some(isAltered));
      for (const [name, parts] of blobs) {
        partsOf.set(
          name,
          parts.filter((part) => !isAltered(part)),
        );
        for (const part of parts.filter(isAltered)) unnamed.add(part);
      }
      if (blobs.length > 0) return blobs.map(([name]) => name);
      await removeParts([...unnamed], signal);
      unnamed.clear();
      return [];
    },
    remove: async (name, signal) => {
      await secretStore.remove(`${prefix}${name}`, signal);
      await removeParts(partsOf.get(name) ?? [], signal);
      partsOf.delete(name);
    },
  };
}

/** Undefined for a part, and for what is none of ours: a copy that somebody made, for one, has the label too. */
function blobName({ metadata }: Secret, prefix: string): string | undefined {
  const name = metadata.labels?.[STATE_LABEL];
  return name !== PART && metadata.name === `${prefix}${name}` ? name : undefined;
}

const PART = 'part';
const PART_NAME = /^pullet-state-(?:[^.]+\.)?[a-z0-9]+-[0-9a-f]{16}$/;

function isPart({ metadata: { name = '', labels } }: Secret): boolean {
  return labels?.[STATE_LABEL] === PART && PART_NAME.test(name);
}

function partNames({ data }: Secret): string[] {
  try {
    const names: unknown = JSON.parse(Buffer.from(data?.[PARTS] ?? '', 'base64').toString('utf8') || '[]');
    return Array.isArray(names) ? names.map(String) : [];
  } catch {
    return [];
  }
}

function assemble(head: Secret, parts: string[], found: Map<string, Secret>): Buffer | undefined {
  const holders = parts.length > 0 ? parts.map((name) => found.get(name)) : [head];
  const pieces = holders.map((secret) => secret?.data?.[DATA]);
  if (pieces.some((piece) => piece === undefined)) return undefined;
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece ?? '', 'base64')));
}

function split(bytes: Buffer, pieceBytes: number): Buffer[] {
  const count = Math.ceil(bytes.length / pieceBytes);
  return Array.from({ length: count }, (_, index) => bytes.subarray(index * pieceBytes, (index + 1) * pieceBytes));
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

interface SecretAccess {
  list(signal: AbortSignal): Promise<Secret[]>;
  /** Without `blob` it is a part of one. */
  put(name: string, data: Record<string, Buffer>, signal: AbortSignal, blob?: string): Promise<void>;
  remove(name: string, signal: AbortSignal): Promise<void>;
  /** Of those that were listed or put here, what is not there as it was left. */
  altered(signal: AbortSignal): Promise<Set<string>>;
}

function newSecretAccess({ member, namespace, cluster, log }: SecretStateStoreOptions): SecretAccess {
  /** By name: the resourceVersion as it was left; none while it is being written. */
  const versions = new Map<string, string | undefined>();
  const create = async (secret: Secret, signal: AbortSignal): Promise<Secret> => {
    try {
      return await member.create(secrets, secret, { signal });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      await ensureNamespace(member, namespace, signal);
      return await member.create(secrets, secret, { signal });
    }
  };
  const remove = async (name: string, signal: AbortSignal): Promise<void> => {
    versions.delete(name);
    await deleteIfPresent(member, secrets, { name, namespace }, signal);
  };
  const write = async (secret: Secret, signal: AbortSignal): Promise<Secret> => {
    const { name = '' } = secret.metadata;
    try {
      return await member.update(secrets, secret, { signal });
    } catch (error) {
      if (isImmutableChange(error)) {
        log.warn(
          { err: error, secret: name },
          'somebody made a Secret of the kept state unchangeable: it is made anew',
        );
        await remove(name, signal); // whoever is killed here has lost a note, and so deletes less
      } else if (!isNotFound(error)) throw error;
      return await create(secret, signal);
    }
  };
  return {
    list: async (signal) => {
      const { items } = await member.list(secrets, { namespace, labelSelector: STATE_LABEL, signal });
      const own = items.filter((secret) => keptStateCluster(secret) === cluster);
      versions.clear();
      for (const { metadata } of own) versions.set(metadata.name ?? '', metadata.resourceVersion);
      return own;
    },
    put: async (name, data, signal, blob = PART) => {
      versions.delete(name);
      const { metadata } = await write(newSecret({ name, namespace, labels: { [STATE_LABEL]: blob } }, data), signal);
      versions.set(name, metadata.resourceVersion);
    },
    altered: async (signal) => {
      const before = new Map(versions);
      const found = await listVersions(member, namespace, signal);
      const isAltered = ([name, version]: [string, string | undefined]): boolean =>
        versions.get(name) === version && found.get(name) !== version;
      return new Set([...before].filter(isAltered).map(([name]) => name));
    },
    remove,
  };
}

/** Without what is in them. */
async function listVersions(
  member: KubeClient,
  namespace: string,
  signal: AbortSignal,
): Promise<Map<string, string | undefined>> {
  const path = withQuery(pathOf(secrets, { namespace }), { labelSelector: STATE_LABEL });
  const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';
  const { items }: KubeList<KubeObject> = JSON.parse(
    await member.raw({ method: 'GET', path, headers: { accept }, signal }),
  );
  return new Map(items.map(({ metadata }) => [metadata.name ?? '', metadata.resourceVersion]));
}

function newSecret(metadata: Secret['metadata'], data: Record<string, Buffer>): Secret {
  const encoded = Object.entries(data).map(([key, bytes]) => [key, bytes.toString('base64')]);
  return { apiVersion: 'v1', kind: 'Secret', metadata, type: 'pullet.io/state', data: Object.fromEntries(encoded) };
}

async function ensureNamespace(member: KubeClient, name: string, signal: AbortSignal): Promise<void> {
  await createIfAbsent(member, namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, signal);
}
