import type { DeleteOptions, KubeList, KubeObject, WatchEvent } from '../apis/meta/v1.ts';
import { objectJson } from '../apis/object-json.ts';
import { apiVersionOf, type ResourceType } from '../apis/resource-type.ts';
import { listAnswer } from './api-answer.ts';
import type { KubeClient, PatchBody, RequestOptions, WatchOptions, WriteOptions } from './client.ts';
import { jsonLines } from './json-lines.ts';
import { jsonText } from './json-text.ts';
import type { KubeClientOptions } from './kube-client-options.ts';
import { listQuery, objectPath, pathOf, watchQuery, withQuery, writeQuery } from './request-path.ts';
import { newSender, type Sender } from './sender.ts';
import { TransportError } from './transport.ts';

/** The client of one API server, over a transport that it closes when it is closed. */
export function newKubeClient(options: KubeClientOptions): KubeClient {
  const send = newSender(options);
  return {
    transport: options.transport,
    ...newReads(send),
    ...newWrites(send),
    ...newDeletes(send),
    raw: send.text,
    answer: send.answer,
    close: () => options.transport.close(),
  };
}

function newReads(send: Sender): Pick<KubeClient, 'get' | 'list' | 'watch'> {
  return {
    get: async (type, key, options) => send.json({ method: 'GET', path: objectPath(type, key), ...signalOf(options) }),
    list: async (type, options = {}) => {
      const path = withQuery(pathOf(type, { namespace: options.namespace }), listQuery(options));
      const answer = await send.json<KubeList<never>>({ method: 'GET', path, ...signalOf(options) });
      return withTypes(type, listAnswer(answer, `listing ${type.resource}`, 'items'));
    },
    watch: (type, options, signal) => watchEvents(send, type, options, signal),
  };
}

/** Lists of built-in types leave out the kind of their items. */
function withTypes<T extends KubeObject>(type: ResourceType<T>, list: KubeList<T>): KubeList<T> {
  const apiVersion = apiVersionOf(type);
  const items = (list.items ?? []).map((item) => (item.kind ? item : { ...item, apiVersion, kind: type.kind }));
  return { ...list, metadata: list.metadata ?? {}, items };
}

async function* watchEvents<T extends KubeObject>(
  send: Sender,
  type: ResourceType<T>,
  options: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent<T>> {
  const path = withQuery(pathOf(type, { namespace: options.namespace }), watchQuery(options));
  const { body, valuesIn } = await send.stream({ method: 'GET', path, signal });
  try {
    for await (const values of jsonLines(body, valuesIn)) for (const event of values) yield event as WatchEvent<T>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new TransportError(`watching ${type.resource}: the server sent something that is not JSON`, { cause: error });
  }
}

function newWrites(send: Sender): Pick<KubeClient, 'create' | 'update' | 'patch' | 'apply'> {
  return {
    create: async (type, object, options = {}) => {
      const { namespace, name } = object.metadata;
      const { subresource } = options;
      const path = subresource ? objectPath(type, { namespace, name, subresource }) : pathOf(type, { namespace });
      return send.json({
        method: 'POST',
        path: withQuery(path, writeQuery(options)),
        ...jsonBody(object),
        ...signalOf(options),
      });
    },
    update: async (type, object, options = {}) => {
      const path = withQuery(objectPath(type, { ...object.metadata, ...subresourceOf(options) }), writeQuery(options));
      return send.json({ method: 'PUT', path, ...jsonBody(object), ...signalOf(options) });
    },
    patch: async (type, key, patch, options = {}) => {
      const path = withQuery(objectPath(type, { ...key, ...subresourceOf(options) }), writeQuery(options));
      return send.json({ method: 'PATCH', path, ...patchBody(patch), ...signalOf(options) });
    },
    apply: async (type, object, options) => {
      const path = withQuery(objectPath(type, { ...object.metadata, ...subresourceOf(options) }), writeQuery(options));
      return send.json({ method: 'PATCH', path, ...applyBody(object), ...signalOf(options) });
    },
  };
}

function newDeletes(send: Sender): Pick<KubeClient, 'delete' | 'deleteCollection'> {
  return {
    delete: async (type, key, options) => {
      await send.text({ method: 'DELETE', path: objectPath(type, key), ...deleteBody(options), ...signalOf(options) });
    },
    deleteCollection: async (type, list, options) => {
      const path = withQuery(pathOf(type, { namespace: list.namespace }), listQuery(list));
      await send.text({ method: 'DELETE', path, ...deleteBody(options), ...signalOf(options) });
    },
  };
}

function jsonBody(value: unknown, contentType = 'application/json'): { body: string; headers: Record<string, string> } {
  return { body: jsonText(value), headers: { 'content-type': contentType } };
}

/**
 * JSON that means the same where it is read as YAML, as a kube-apiserver does: YAML folds some characters within a text, and refuses others. Each value is on a line of
 * its own, for that parser looks back at all keys of a line: of an ordinary Deployment on one line it takes three times as long.
 */
function applyBody(object: KubeObject): { body: string; headers: Record<string, string> } {
  const lines = objectJson(object, 1).replaceAll(/\n +/g, '\n');
  const body = lines.replaceAll(OTHER_IN_YAML, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return { body, headers: { 'content-type': 'application/apply-patch+yaml' } };
}

/** Controls that are left as they are in JSON, and ends of lines that are none there. */
const OTHER_IN_YAML = /[\u007f-\u009f\u2028\u2029\ufffe\uffff]/g;

function patchBody(patch: PatchBody): { body: string; headers: Record<string, string> } {
  switch (patch.type) {
    case 'json':
      return jsonBody(patch.operations, 'application/json-patch+json');
    case 'merge':
      return jsonBody(patch.patch, 'application/merge-patch+json');
    case 'strategic':
      return jsonBody(patch.patch, 'application/strategic-merge-patch+json');
  }
}

function deleteBody(options: (DeleteOptions & RequestOptions) | undefined): {
  body?: string;
  headers?: Record<string, string>;
} {
  const { signal: _, ...fields } = options ?? {};
  return Object.keys(fields).length === 0 ? {} : jsonBody({ kind: 'DeleteOptions', apiVersion: 'v1', ...fields });
}

function subresourceOf(options: WriteOptions): { subresource?: string } {
  return options.subresource ? { subresource: options.subresource } : {};
}

function signalOf(options: RequestOptions | undefined): { signal?: AbortSignal } {
  return options?.signal ? { signal: options.signal } : {};
}
