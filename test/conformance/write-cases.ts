/** Differences that the random search has found, each as a case; and every odd write once, on a built-in kind and on a custom one. */

import { role } from './access-kinds.ts';
import { node, signingRequest } from './cluster-kinds.ts';
import { type Body, configMap, deployment, type Kind, namespace, pod, service, widget } from './objects.ts';
import { asConfiguration, oddBodies, oddDirectives, oddJsonPatches, oddOperations, oddTexts } from './odd-writes.ts';
import { type Case, contentTypes, create, nameIn, pathOf } from './single-changes.ts';
import type { Step } from './step.ts';
import { unchangedCases } from './unchanged-cases.ts';
import { yamlCases } from './yaml-cases.ts';

type Way = keyof typeof contentTypes;

const ofA = (kind: Kind, more = ''): string => `${pathOf(kind)}/${nameIn(kind, 'a')}${more}`;
const query = { fieldManager: 'm' };
const patch = (path: string, way: Way, body: unknown, more: Step['query'] = {}): Step => ({
  method: 'PATCH',
  path,
  contentType: contentTypes[way],
  query: { ...query, ...more },
  body,
});
const put = (path: string, body: unknown): Step => ({ method: 'PUT', path, query, body });
const read = (path: string): Step => ({ method: 'GET', path });

const marked = { metadata: { labels: { app: 'x' }, finalizers: ['example.com/hold'], annotations: { note: '1' } } };

function oddCases(kind: Kind): Case[] {
  const made = create(kind, 'a', marked);
  const one = (way: Way, content: Partial<Step>): Case => {
    const step = { method: 'PATCH', path: ofA(kind), contentType: contentTypes[way], query, ...content };
    return { name: `${way} ${kind.kind} ${JSON.stringify(content)}`, steps: [made, step] };
  };
  const bodies = [...oddBodies, ...oddDirectives];
  return [
    ...oddOperations.map((operation) => one('json', { body: [operation] })),
    ...oddJsonPatches.map((body) => one('json', { body })),
    ...bodies.flatMap((body) => [one('merge', { body }), one('strategic', { body })]),
    ...bodies.map((body) => one('apply', { body: asConfiguration(kind, body, true) })),
    ...oddTexts.flatMap((raw) => [one('json', { raw }), one('merge', { raw }), one('strategic', { raw })]),
    ...['Strict', 'Ignore'].flatMap((fieldValidation) =>
      oddTexts.flatMap((raw) =>
        (['json', 'merge', 'strategic'] as const).map((way) => one(way, { raw, query: { ...query, fieldValidation } })),
      ),
    ),
  ];
}

function scaleCases(kind: Kind): Case[] {
  const made = create(kind, 'a', { spec: { replicas: 2 } });
  const path = ofA(kind, '/scale');
  const scale = (replicas: unknown, more: Body = {}, metadata: Body = {}): Body => ({
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name: nameIn(kind, 'a'), ...metadata },
    spec: { replicas },
    ...more,
  });
  const steps: Step[][] = [
    ...[{ spec: { replicas: 4 } }, { spec: null }, { spec: { replicas: null } }, { spec: { replicas: -1 } }].map(
      (body) => [patch(path, 'merge', body)],
    ),
    ...[{ metadata: { labels: { a: 'b' } } }, { metadata: { name: 'b' } }, { metadata: { resourceVersion: '1' } }].map(
      (body) => [patch(path, 'merge', body)],
    ),
    ...[{ spec: { more: 1 } }, { spec: { replicas: 'x' } }, { kind: 'Widget' }, { metadata: { uid: 'b' } }].map(
      (body) => [patch(path, 'merge', body)],
    ),
    [patch(path, 'merge', { spec: { replicas: 4 } }), patch(path, 'merge', { spec: { replicas: 5 } })],
    [patch(path, 'json', [{ op: 'remove', path: '/spec/replicas' }])],
    [patch(path, 'apply', scale(2))],
    [patch(path, 'apply', scale(5))],
    [patch(path, 'apply', scale(5), { force: true }), patch(path, 'apply', scale(6), { fieldManager: 'n' })],
    [patch(path, 'apply', scale('5'), { force: true })],
    [patch(path, 'apply', scale(5, { nonsense: 1 }), { force: true })],
    [patch(path, 'apply', scale(5, {}, { labels: { a: 'no good!' } }), { force: true })],
    [put(path, scale(9))],
    [put(path, scale(-9))],
    [put(path, scale(9, { nonsense: 1 }))],
    [put(path, scale(9, {}, { resourceVersion: '1' }))],
    [put(path, scale(9, {}, { uid: 'other' }))],
  ];
  // Applied scales of custom resources are meant to differ.
  const compared = steps.filter(
    (each) => kind !== widget || each.every((step) => step.contentType !== contentTypes.apply),
  );
  return compared.map((each) => ({
    name: `scale ${kind.kind} ${JSON.stringify(each.map(({ body }) => body))}`,
    steps: [made, ...each, read(ofA(kind)), read(path)],
  }));
}

const one = (name: string, ...steps: Step[]): Case => ({ name, steps });
const remove = (kind: Kind, options: Body = {}): Step => ({
  method: 'DELETE',
  path: ofA(kind),
  body: { kind: 'DeleteOptions', apiVersion: 'v1', ...options },
});
const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } };
const yaml = (raw: string, fieldValidation?: string): Step => ({
  method: 'POST',
  path: pathOf(configMap),
  contentType: 'application/yaml',
  raw,
  query: { fieldValidation },
});
const twiceKeyed = 'kind: ConfigMap\napiVersion: v1\nmetadata:\n  name: a\ndata:\n  a: "1"\n  a: "2"\n';

const owned = { metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: '1' }] } };

const found: Case[] = [
  one('an owner through the status of a pod', create(pod, 'a'), patch(ofA(pod, '/status'), 'merge', owned)),
  ...[{}, { resourceAttributes: {} }, { resourceAttributes: { namespace: '<<namespace>>' } }].flatMap((more) =>
    [{}, { nonResourceAttributes: {} }].map((other) =>
      one(`a question about a namespace ${JSON.stringify({ ...more, ...other })}`, {
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/namespaces/<<namespace>>/localsubjectaccessreviews',
        body: { metadata: { namespace: '<<namespace>>' }, spec: { user: 'jane', ...more, ...other } },
      }),
    ),
  ),
  one(
    'two mistakes in the metadata of a patch',
    create(service, 'a'),
    patch(ofA(service), 'json', [
      { op: 'add', path: '/metadata/labels', value: 5 },
      { op: 'copy', from: '/metadata/labels', path: '/metadata/annotations' },
    ]),
    patch(ofA(service), 'merge', { metadata: { labels: 5, annotations: 'x' } }),
  ),
  one(
    'a service that is reached from outside no longer',
    create(service, 'a', { spec: { type: 'LoadBalancer' } }),
    patch(
      ofA(service),
      'apply',
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'a' },
        spec: { type: 'ClusterIP', ports: [{ port: 80 }] },
      },
      { force: true },
    ),
  ),
  one(
    'a headless service on nodes',
    create(service, 'a', { spec: { clusterIP: 'None' } }),
    patch(ofA(service), 'merge', { spec: { type: 'NodePort' } }),
  ),
  one(
    'a headless service with affinity',
    create(service, 'a', { spec: { clusterIP: 'None', sessionAffinity: 'ClientIP' } }),
  ),
  one('a service outside the range', create(service, 'a', { spec: { clusterIP: '192.0.2.1' } })),
  one('a service of the other family', create(service, 'a', { spec: { ipFamilies: ['IPv6'] } })),
  one('a service of both families', create(service, 'a', { spec: { ipFamilyPolicy: 'RequireDualStack' } })),
  one(
    'a node port out of range',
    create(service, 'a', { spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 80 }] } }),
  ),
  one(
    'a service that is made by its status',
    put(ofA(service, '/status'), {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'a' },
      spec: { ports: [{ port: 80 }] },
    }),
    put(ofA(service), { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { ports: [{ port: 80 }] } }),
  ),
  one(
    'labels through a status',
    create(service, 'a'),
    patch(ofA(service, '/status'), 'merge', { metadata: { labels: { a: 'b' } } }),
  ),
  one(
    'labels through a status of a deployment',
    create(deployment, 'a'),
    patch(ofA(deployment, '/status'), 'merge', { metadata: { labels: { a: 'b' }, annotations: { a: 'b' } } }),
  ),
  one(
    'another provider of a node',
    create(node, 'a', { spec: { providerID: 'a://b' } }),
    patch(ofA(node), 'merge', { spec: { providerID: 'a://c' } }),
  ),
  one(
    'another range of a node',
    create(node, 'a', { spec: { podCIDR: '10.1.0.0/24' } }),
    patch(ofA(node), 'merge', { spec: { podCIDR: 'nonsense' } }),
  ),
  one(
    'a pod without its image',
    create(pod, 'a'),
    patch(ofA(pod), 'merge', { spec: { containers: [{ name: 'app' }] } }),
  ),
  one(
    'a pod with a later deadline',
    create(pod, 'a', { spec: { activeDeadlineSeconds: 5 } }),
    patch(ofA(pod), 'merge', { spec: { activeDeadlineSeconds: 9 } }),
  ),
  one(
    'a pod without its deadline',
    create(pod, 'a', { spec: { activeDeadlineSeconds: 5 } }),
    patch(ofA(pod), 'merge', { spec: { activeDeadlineSeconds: null } }),
  ),
  one(
    'a namespace that is marked already',
    create(namespace, 'a'),
    remove(namespace, { propagationPolicy: 'Orphan' }),
    remove(namespace, { propagationPolicy: 'Background' }),
  ),
  one(
    'a delete that takes off what holds, of a revision',
    create(role, 'a', { metadata: { finalizers: ['orphan'] } }),
    remove(role, { propagationPolicy: 'Background', preconditions: { resourceVersion: '<<rv Role/a>>' } }),
  ),
  one(
    'a status without conditions',
    create(signingRequest, 'a'),
    patch(ofA(signingRequest, '/status'), 'apply', {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: nameIn(signingRequest, 'a') },
    }),
  ),
  one('an event without a subject and with a wrong label', {
    method: 'POST',
    path: '/api/v1/namespaces/<<namespace>>/events',
    body: { apiVersion: 'v1', kind: 'Event', metadata: { name: 'a', labels: { app: 'no good!' } } },
  }),
  one('a secret in place of a map', {
    method: 'POST',
    path: pathOf(configMap),
    body: { ...map, kind: 'Secret', data: { a: '1' } },
  }),
  one(
    'a map that becomes a secret, with a wrong label',
    create(configMap, 'a'),
    patch(ofA(configMap), 'json', [
      { op: 'replace', path: '/kind', value: 'Secret' },
      { op: 'add', path: '/metadata/labels', value: 5 },
    ]),
  ),
  one(
    'a value and a label of wrong types',
    create(configMap, 'a'),
    patch(ofA(configMap), 'merge', { metadata: { labels: 5 }, data: 5 }),
  ),
  one(
    'a conflict with two managers about one field',
    create(service, 'b'),
    ...['x', 'y'].map((fieldManager) =>
      patch(
        `${pathOf(service)}/b`,
        'apply',
        { apiVersion: 'v1', kind: 'Service', metadata: { name: 'b' }, spec: { type: 'ClusterIP' } },
        { fieldManager, force: true },
      ),
    ),
    patch(
      `${pathOf(service)}/b`,
      'apply',
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'b' }, spec: { type: 'LoadBalancer' } },
      { fieldManager: 'z' },
    ),
  ),
  one('nulls in a map', { method: 'POST', path: pathOf(configMap), body: { ...map, data: { a: null } } }),
  one('a wrong name and a wrong type', put(ofA(configMap), { ...map, metadata: { name: 'b' }, data: 'text' })),
  one('a scale that is no count', create(widget, 'a', { spec: { replicas: -1 } })),
  one('keys twice in YAML', yaml(twiceKeyed)),
  one('keys twice in YAML, strictly', yaml(twiceKeyed, 'Strict')),
  one('keys twice in YAML, applied', {
    ...patch(ofA(configMap), 'apply', undefined, { fieldValidation: 'Strict' }),
    raw: twiceKeyed,
  }),
];

export const writeGroups: Readonly<Record<string, Case[]>> = {
  'YAML is read as Go reads it': yamlCases,
  'odd writes of a built-in kind': oddCases(configMap),
  'odd writes of a custom resource': oddCases(widget),
  'scales of a built-in kind': scaleCases(deployment),
  'scales of a custom resource': scaleCases(widget),
  'what the search has found': found,
  'writes that change nothing': unchangedCases,
};
