import type { CertificateSigningRequest } from '../../shared/apis/certificates/v1.ts';
import { newForbidden } from '../../shared/apis/meta/status-error.ts';
import type { AdmissionCheck } from '../apiserver/registry/registry.ts';
import { newStoreView, type StoreView } from '../apiserver/store-view.ts';
import type { Change, Entry, Storage } from '../storage/backend.ts';
import { isAgentOrJoiner } from './agent-admission.ts';

/**
 * Bounds what one joiner or agent has open of certificate requests, all together: they stay for an hour or a day, in memory too, and nobody has to have decided on the last before
 * the next is sent. The limit is that of tens of thousands of clusters that join with one token and wait to be approved.
 */
export interface OpenRequestLimit {
  check: AdmissionCheck;
  close(): void;
}

const FOLDER = '/certificates.k8s.io/certificatesigningrequests/';
const MAX_OPEN_BYTES = 64 << 20;

export function newOpenRequestLimit(storage: Storage, maxBytes = MAX_OPEN_BYTES): OpenRequestLimit {
  // Not before it is needed: a request that can't be read does not keep a hub from starting.
  let view: StoreView<OpenRequests> | undefined;
  const check: AdmissionCheck = ({ definition, operation, subresource, user, name }, object) => {
    const isRequest =
      definition.plural === 'certificatesigningrequests' && operation === 'CREATE' && subresource === '';
    if (!isRequest || !isAgentOrJoiner(user)) return;
    view ??= newView(storage);
    const bytes = view.current().bytesOf(user.name);
    if (bytes < maxBytes) return;
    throw newForbidden(
      { group: definition.group, resource: definition.plural, name: object?.metadata.name ?? name },
      `requests of user ${JSON.stringify(user.name)} for which there is no certificate have ${bytes} bytes, and may have ${maxBytes}`,
    );
  };
  return { check, close: () => view?.close() };
}

const newView = (storage: Storage): StoreView<OpenRequests> =>
  newStoreView(storage, {
    prefix: FOLDER,
    make: (entries) => {
      const open = newOpenRequests();
      for (const entry of entries) open.put(entry);
      return open;
    },
    take: (open, change: Change) => (change.type === 'put' ? open.put(change) : open.remove(change.key)),
  });

interface OpenRequests {
  put(entry: Pick<Entry, 'key' | 'value'>): void;
  remove(key: string): void;
  /** Of who has made them. */
  bytesOf(user: string): number;
}

function newOpenRequests(): OpenRequests {
  const open = new Map<string, { user: string; bytes: number }>();
  const ofUsers = new Map<string, number>();
  const bytesOf = (user: string): number => ofUsers.get(user) ?? 0;
  const add = (user: string, bytes: number): void => {
    const sum = bytesOf(user) + bytes;
    if (sum === 0) ofUsers.delete(user);
    else ofUsers.set(user, sum);
  };
  const remove = (key: string): void => {
    const known = open.get(key);
    if (known) add(known.user, -known.bytes);
    open.delete(key);
  };
  return {
    bytesOf,
    remove,
    put({ key, value }) {
      const { spec, status }: CertificateSigningRequest = JSON.parse(Buffer.from(value).toString());
      remove(key);
      if (status?.certificate) return;
      const request = { user: spec.username ?? '', bytes: value.length };
      open.set(key, request);
      add(request.user, request.bytes);
    },
  };
}
