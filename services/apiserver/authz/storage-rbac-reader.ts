import { RBAC_GROUP, type Role, type RoleBinding } from '../../../shared/apis/rbac/v1.ts';
import type { Change, Storage, StoreWatch } from '../../storage/backend.ts';
import { newRbacIndex, type RbacIndex } from './rbac-index.ts';
import type { RbacReader } from './rbac-reader.ts';

/** The roles and bindings in a store, parsed once and kept current by its change log. */
export interface StorageRbacReader extends RbacReader {
  close(): void;
}

interface Slot {
  set(index: RbacIndex, value: Uint8Array): string[];
  delete(index: RbacIndex, namespace: string, name: string): string[];
}

const parse = <T>(value: Uint8Array): T => JSON.parse(Buffer.from(value).toString()) as T;

const ROLES: Slot = {
  set: (index, value) => index.setRole(parse<Role>(value)),
  delete: (index, namespace, name) => index.deleteRole(namespace, name),
};
const BINDINGS: Slot = {
  set: (index, value) => index.setBinding(parse<RoleBinding>(value)),
  delete: (index, namespace, name) => index.deleteBinding(namespace, name),
};
const SLOTS: Record<string, Slot> = {
  roles: ROLES,
  clusterroles: ROLES,
  rolebindings: BINDINGS,
  clusterrolebindings: BINDINGS,
};

const PREFIX = `/${RBAC_GROUP}/`;

export function newStorageRbacReader(storage: Storage): StorageRbacReader {
  const index = newRbacIndex();
  const listeners = new Set<(subjects: readonly string[]) => void>();
  const { entries, revision } = storage.list({ prefix: PREFIX });
  for (const { key, value } of entries) slotOf(key)?.set(index, value);
  const watch: StoreWatch = storage.watch(PREFIX, revision, (change) => {
    const subjects = take(index, change);
    for (const listener of listeners) listener(subjects);
  });
  return {
    rulesOf: index.rulesOf,
    bindingsOf: index.bindingsOf,
    onChange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => watch.cancel(),
  };
}

function take(index: RbacIndex, { type, key, value }: Change): string[] {
  const slot = slotOf(key);
  const [, , , namespace = '', name = ''] = key.split('/');
  if (!slot) return [];
  return type === 'put' ? slot.set(index, value) : slot.delete(index, namespace, name);
}

function slotOf(key: string): Slot | undefined {
  const [, , resource = ''] = key.split('/');
  return Object.hasOwn(SLOTS, resource) ? SLOTS[resource] : undefined;
}
