/** Answers for who reads protobuf and no JSON, and for who asks for what nobody serves. */

import { kinds } from './kinds.ts';
import { configMap, deployment, widget } from './objects.ts';
import { get, map, maps, one, post } from './protocol-steps.ts';
import { type Case, create, nameIn, pathOf } from './single-changes.ts';

const protobuf = 'application/vnd.kubernetes.protobuf';
const ofMeta = (as: string): string => `;as=${as};g=meta.k8s.io;v=v1`;

const accepts = [
  protobuf,
  `${protobuf};stream=watch`,
  `${protobuf};q=0`,
  `${protobuf};q=0.5,application/cbor`,
  `${protobuf},application/yaml;q=0.1`,
  `${protobuf};v=v1`,
  `${protobuf}${ofMeta('Table')}`,
  `${protobuf}${ofMeta('Table')},application/xml`,
  `${protobuf}${ofMeta('PartialObjectMetadata')}`,
  `${protobuf}${ofMeta('PartialObjectMetadataList')}`,
  'application/vnd.*',
  'application/cbor',
  'application/cbor-seq',
  'application/cbor,application/json;q=0.5',
];

const widgets = pathOf(widget);
const paths = [
  maps,
  `${maps}/a`,
  `${maps}/missing`,
  widgets,
  `${widgets}/a`,
  `${widgets}/missing`,
  `${pathOf(deployment)}/missing/scale`,
  `${widgets}/a/scale`,
  `${widgets}/a/status`,
  '/api',
  '/api/v1',
  '/apis/apps',
  '/apis/apps/v1',
  '/apis/conformance.example.com',
  '/apis/conformance.example.com/v1',
  '/api/v1/nothing',
  '/version',
];

const review = {
  apiVersion: 'authorization.k8s.io/v1',
  kind: 'SelfSubjectAccessReview',
  spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
};

const answers: Case[] = accepts.map((accept) =>
  one(
    `accept ${accept}`,
    create(configMap, 'a'),
    create(widget, 'a'),
    ...paths.map((path) => get(path, {}, { accept })),
    ...(accept.includes('MetadataList') ? [] : [maps, widgets]).map((path) =>
      get(path, { watch: true, timeoutSeconds: 1 }, { accept }),
    ),
    { ...post(maps, map({ name: 'b' })), accept },
    { ...post(maps, map({ name: 'b' })), accept },
    { ...post('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review), accept },
    { method: 'DELETE', path: `${maps}/a`, accept },
  ),
);

const ofEachKind: Case[] = kinds
  .filter(({ apiVersion }) => !apiVersion.startsWith('conformance.'))
  .map((kind) => {
    const path = `${pathOf(kind)}/${nameIn(kind, 'a')}`;
    return one(
      `a ${kind.kind} of ${kind.apiVersion}`,
      create(kind, 'a'),
      get(path, {}, { accept: protobuf }),
      get(path, {}, { accept: `${protobuf}${ofMeta('PartialObjectMetadata')}` }),
      ...(kind.namespaced ? [get(pathOf(kind), {}, { accept: protobuf })] : []),
      ...(kind.hasScale ? [get(`${path}/scale`, {}, { accept: protobuf })] : []),
    );
  });

/** By what they are about. */
export const protobufGroups: Readonly<Record<string, Case[]>> = {
  'protobuf is answered': answers,
  'every kind in protobuf': ofEachKind,
};
