/** Patches, server-side apply and ownership: random writes give the same on a kube-apiserver and by our own functions. */

import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply } from '../../services/apiserver/merge/apply.ts';
import { newApplyConflict } from '../../services/apiserver/merge/conflict-status.ts';
import { type JsonPatchOperation, jsonPatch } from '../../services/apiserver/merge/json-patch.ts';
import { mergePatch } from '../../services/apiserver/merge/merge-patch.ts';
import { ApplyConflictError, type TypedSchema } from '../../services/apiserver/merge/merger.ts';
import { resetFieldsOf } from '../../services/apiserver/merge/reset-fields.ts';
import { strategicMergePatch } from '../../services/apiserver/merge/strategic-merge-patch.ts';
import { track } from '../../services/apiserver/merge/track.ts';
import { builtinSchema, resolveBuiltin } from '../../shared/apis/builtin/definitions.ts';
import { isStatusError } from '../../shared/apis/meta/status-error.ts';
import type { Status, Unstructured } from '../../shared/apis/meta/v1.ts';
import type { Schema } from '../../shared/apis/schema.ts';
import { ensureBinaries } from './binaries.ts';
import { type KubeControlPlane, startKubeControlPlane } from './control-plane.ts';
import { creationsOf, type Operation, operationsOn, type Subject, subjects } from './merge-operations.ts';
import { type Answer, plainSend } from './plain-send.ts';

const binaries = await ensureBinaries();

const text: Schema = { type: 'string' };
const widgetSpec: Schema = {
  type: 'object',
  properties: {
    size: { type: 'integer' },
    mode: { type: 'string', nullable: true },
    items: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          name: text,
          v: { type: 'integer' },
          nested: { type: 'object', additionalProperties: text },
        },
      },
    },
    set: { type: 'array', 'x-kubernetes-list-type': 'set', items: text },
    list: { type: 'array', items: { type: 'integer' } },
    atomic: { type: 'object', 'x-kubernetes-map-type': 'atomic', additionalProperties: { type: 'integer' } },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    map: { type: 'object', additionalProperties: text },
  },
};
const widgetSchema: Schema = {
  type: 'object',
  properties: { spec: widgetSpec, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
};

const widgetDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.merge.example.com' },
  spec: {
    group: 'merge.example.com',
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: widgetSchema },
        subresources: { status: {} },
      },
    ],
  },
};

const objectMeta: Schema = { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' };

function sequencesOn(subject: Subject): fc.Arbitrary<Operation[]> {
  const writes = fc.array(operationsOn(subject), { minLength: 6, maxLength: 12 });
  return fc.tuple(creationsOf(subject), writes).map((parts) => parts.flat());
}

function typedSchemaOf(kind: string): TypedSchema {
  const names: Record<string, string> = {
    Deployment: 'io.k8s.api.apps.v1.Deployment',
    Service: 'io.k8s.api.core.v1.Service',
    ConfigMap: 'io.k8s.api.core.v1.ConfigMap',
  };
  const builtin = builtinSchema(names[kind] ?? '');
  if (builtin) return { schema: builtin, resolve: resolveBuiltin };
  const properties = { ...widgetSchema.properties, apiVersion: text, kind: text, metadata: objectMeta };
  return { schema: { ...widgetSchema, properties }, resolve: resolveBuiltin };
}

const contentTypes = {
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
  status: 'application/merge-patch+json',
  'apply-status': 'application/apply-patch+yaml',
};

const now = '2040-01-01T00:00:00Z';

/** Our outcome of an operation: an object, or the status that refuses it. */
type Outcome = { object: Unstructured } | { refused: Status };

function refusal(run: () => Unstructured): Outcome {
  try {
    return { object: run() };
  } catch (error) {
    if (error instanceof ApplyConflictError) return { refused: newApplyConflict(error).status };
    if (isStatusError(error)) return { refused: error.status };
    throw error;
  }
}

/** A subject with the name of one object. */
type Target = Subject & { name: string };

function identify(subject: Target, body: Record<string, unknown>): Unstructured {
  const { apiVersion, kind, name } = subject;
  const metadata = { ...(body['metadata'] as object), name, namespace: 'default' };
  return { ...body, apiVersion, kind, metadata };
}

const isApply = ({ verb }: Operation): boolean => verb === 'apply' || verb === 'apply-status';

/** Which part of an object an operation is about. */
const subresourceOf = ({ verb }: Operation): string => (verb === 'status' || verb === 'apply-status' ? 'status' : '');

/** What apply and track need to know besides the objects. */
function ownership(subject: Target, operation: Operation) {
  const subresource = subresourceOf(operation);
  const source = subject.kind === 'Widget' ? ('crd' as const) : ('builtin' as const);
  const hasStatus = subject.kind !== 'ConfigMap';
  const ignored = resetFieldsOf({ kind: subject.kind, source, hasStatus, subresource });
  return { ...typedSchemaOf(subject.kind), manager: operation.manager, subresource, now, ignored };
}

function ours(subject: Target, operation: Operation, live: Unstructured | undefined): Outcome {
  const request = ownership(subject, operation);
  if (operation.verb === 'create') return { object: identify(subject, operation.body) };
  if (operation.verb === 'apply' || operation.verb === 'apply-status') {
    const applied = identify(subject, operation.body);
    return refusal(() => apply({ ...request, live, applied, force: operation.force }));
  }
  if (!live) throw new Error('changed before it exists');
  if (operation.verb === 'json')
    return refusal(() => jsonPatch(live, operation.body as JsonPatchOperation[]) as Unstructured);
  if (operation.verb === 'strategic') return refusal(() => strategicMergePatch(live, operation.body, request));
  return refusal(() => mergePatch(live, operation.body) as Unstructured);
}

/** What a Service is given after its owners are settled. */
const allocated = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'];

/** The object as it was when upstream settled its owners. */
function beforeAllocation(object: Unstructured): Unstructured {
  const { managedFields: _, ...metadata } = object.metadata;
  const spec = Object.entries((object['spec'] ?? {}) as object).filter(([name]) => !allocated.includes(name));
  return { ...object, metadata, ...(object['spec'] ? { spec: Object.fromEntries(spec) } : {}) };
}

/** The owners by our own account, from the object as upstream left it. */
function tracked(
  subject: Target,
  operation: Operation,
  live: Unstructured | undefined,
  theirs: Unstructured,
): Unstructured {
  const request = ownership(subject, operation);
  if (!live) return track({ ...request, before: undefined, after: beforeAllocation(theirs) });
  const after = { ...theirs, metadata: { ...theirs.metadata, managedFields: live.metadata.managedFields ?? [] } };
  return track({ ...request, before: live, after });
}

/** What a server adds or fills in. */
const serverFields =
  /^\.metadata\.(managedFields|resourceVersion|generation|uid|creationTimestamp)|^\.status|\.sessionAffinityConfig$|\.\$[^.]*$/;
const defaulted =
  /\.(replicas|strategy|strategy\..*|revisionHistoryLimit|progressDeadlineSeconds|imagePullPolicy|terminationMessage\w+|resources|protocol|restartPolicy|terminationGracePeriodSeconds|dnsPolicy|securityContext|schedulerName|defaultMode|targetPort|sessionAffinity|sessionAffinityConfig.*|type|clusterIPs?|ipFamil\w+|internalTrafficPolicy|ports\[\d+\]\.name)$/;

function differences(mine: unknown, theirs: unknown, path = ''): string[] {
  if (serverFields.test(path)) return [];
  if (!path.startsWith('owners') && isEmpty(mine) && isEmpty(theirs)) return [];
  if (!path.startsWith('owners') && isEmpty(mine) && defaulted.test(path)) return [];
  if (Array.isArray(mine) && Array.isArray(theirs) && mine.length === theirs.length) {
    return mine.flatMap((item, index) => differences(item, theirs[index], `${path}[${index}]`));
  }
  if (isMap(mine) && isMap(theirs)) {
    const keys = new Set([...Object.keys(mine), ...Object.keys(theirs)]);
    return [...keys].flatMap((key) => differences(mine[key], theirs[key], `${path}.${key}`));
  }
  return isDeepStrictEqual(mine, theirs)
    ? []
    : [`${path}: ours ${JSON.stringify(mine)}, upstream ${JSON.stringify(theirs)}`];
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isEmpty = (value: unknown): boolean =>
  !value || (Array.isArray(value) && value.length === 0) || (isMap(value) && Object.values(value).every(isEmpty));

/** By operation, manager and subresource: what is owned, and whether the time is one from before. */
function owners(object: Unstructured, before: Unstructured | undefined): Record<string, unknown> {
  const times = new Set(before?.metadata.managedFields?.map(({ time }) => time));
  const entries = (object.metadata.managedFields ?? []).map(({ time, operation, manager, ...entry }) => {
    const age = time === undefined ? 'none' : times.has(time) ? 'old' : 'new';
    return [`${operation} ${manager} ${entry.subresource ?? ''}`, { ...entry, age }];
  });
  return Object.fromEntries(entries);
}

describe.runIf('dir' in binaries)('as a kube-apiserver does', () => {
  let kube: KubeControlPlane;
  beforeAll(async () => {
    kube = await startKubeControlPlane({ name: 'merge', controllers: [] });
    await serve(widgetDefinition);
  });
  afterAll(() => kube?.stop());

  /** Creates the definition and waits until its resource answers, a minute at most. */
  async function serve(body: unknown): Promise<void> {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const probe = { method: 'DELETE', path: '/apis/merge.example.com/v1/namespaces/default/widgets' } as const;
    const deadline = Date.now() + 60_000;
    for (;;) {
      const created = await plainSend(kube, { method: 'POST', path, body });
      const { status, body: answer } = await plainSend(kube, probe);
      if (status === 200) return;
      if (Date.now() > deadline) throw new Error(`no widgets: ${JSON.stringify([created.body, answer])}`);
      await delay(200);
    }
  }

  async function remove(subject: Target): Promise<void> {
    const path = `${subject.path}/${subject.name}`;
    await plainSend(kube, {
      method: 'PATCH',
      path,
      contentType: contentTypes.merge,
      body: { metadata: { finalizers: null } },
    });
    await plainSend(kube, { method: 'DELETE', path });
  }

  function send(target: Target, operation: Operation, live: Unstructured | undefined): Promise<Answer> {
    const { manager, verb } = operation;
    const query = `?fieldManager=${manager}${'force' in operation && operation.force ? '&force=true' : ''}`;
    if (verb === 'create') {
      return plainSend(kube, { method: 'POST', path: target.path + query, body: identify(target, operation.body) });
    }
    const path = `${target.path}/${target.name}${subresourceOf(operation) && '/status'}${query}`;
    if (verb === 'put') return plainSend(kube, { method: 'PUT', path, body: live && mergePatch(live, operation.body) });
    const body = 'force' in operation ? identify(target, operation.body) : operation.body;
    return plainSend(kube, { method: 'PATCH', path, contentType: contentTypes[verb], body });
  }

  function check(subject: Target, operation: Operation, live: Unstructured | undefined, answer: Answer): void {
    const outcome = ours(subject, operation, live);
    if (answer.status >= 300) {
      const theirs = answer.body as Status;
      // Validation of the result is not ours.
      if ('refused' in outcome) expect(outcome.refused).toMatchObject({ code: theirs.code, message: theirs.message });
      else expect(theirs.message).toContain('is invalid');
      return;
    }
    const theirs = answer.body as Unstructured;
    if ('refused' in outcome) throw new Error(`refused only by us: ${outcome.refused.message}`);
    const found =
      subresourceOf(operation) === ''
        ? differences(outcome.object, theirs)
        : differences(outcome.object['status'], theirs['status'], 'status');
    const mine = isApply(operation) ? outcome.object : tracked(subject, operation, live, theirs);
    found.push(...differences(owners(mine, live), owners(theirs, live), 'owners'));
    if (found.length > 0) throw new Error(found.join('\n'));
  }

  const runs = Number(process.env['MERGE_RUNS'] ?? 12);
  const seed = Number(process.env['MERGE_SEED'] ?? 7);

  /** One sequence of writes on an object of its own. Entries have times in seconds: a second lies between two writes, so that a new time is another. */
  async function run(target: Target, operations: Operation[]): Promise<void> {
    await remove(target);
    let live: Unstructured | undefined;
    for (const operation of operations) {
      if (!live && operation.verb !== 'apply' && operation.verb !== 'create') continue;
      const answer = await send(target, operation, live);
      try {
        check(target, operation, live, answer);
      } catch (error) {
        const [sent, before, after] = [operation, live, answer.body].map((value) => JSON.stringify(value));
        throw new Error(`${sent}\n  on ${before}\n  upstream ${after}\n${(error as Error).message}`, { cause: error });
      }
      if (answer.status < 300) live = answer.body as Unstructured;
      await delay(1_000);
    }
  }

  test.concurrent.each(subjects.map((subject) => [subject.kind, subject] as const))('%s', async (_kind, subject) => {
    const sequences = fc.sample(sequencesOn(subject), {
      numRuns: runs,
      seed,
    });
    const results = await Promise.allSettled(
      sequences.map((operations, index) => run({ ...subject, name: `x-${index}` }, operations)),
    );
    const failures = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason)] : []));
    expect(failures).toEqual([]);
  });
});
