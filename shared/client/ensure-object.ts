import { isAlreadyExists, isNotFound, isObjectNotFound } from '../apis/meta/status-error.ts';
import type { KubeObject } from '../apis/meta/v1.ts';
import type { ResourceType } from '../apis/resource-type.ts';
import type { KubeClient, ObjectKey } from './client.ts';

/** Small certainties about single objects: there, gone, or read if there. All may be repeated. */

/** Creates the object unless one of its name is there; what is there stays as it is. True if it was created. */
export async function createIfAbsent<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  object: T,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    await client.create(type, object, optional(signal));
    return true;
  } catch (error) {
    if (isAlreadyExists(error)) return false;
    throw error;
  }
}

export async function getIfPresent<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  key: ObjectKey,
  signal?: AbortSignal,
): Promise<T | undefined> {
  try {
    return await client.get(type, key, optional(signal));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/**
 * The same where a mistake would cost something: undefined only if the server itself says that there is no such object. That it serves no such path, or that a proxy before
 * it knows of none, is an error.
 */
export async function getUnlessGone<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  key: ObjectKey,
  signal?: AbortSignal,
): Promise<T | undefined> {
  try {
    return await client.get(type, key, optional(signal));
  } catch (error) {
    if (isObjectNotFound(error)) return undefined;
    throw error;
  }
}

/** `uid` guards against deleting a successor of the same name. False if it was gone already. */
export async function deleteIfPresent<T extends KubeObject>(
  client: KubeClient,
  type: ResourceType<T>,
  key: ObjectKey & { uid?: string | undefined },
  signal?: AbortSignal,
): Promise<boolean> {
  const { uid, ...objectKey } = key;
  try {
    const preconditions = uid === undefined ? {} : { preconditions: { uid } };
    await client.delete(type, objectKey, { ...optional(signal), ...preconditions });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

const optional = (signal: AbortSignal | undefined): { signal?: AbortSignal } => (signal ? { signal } : {});
