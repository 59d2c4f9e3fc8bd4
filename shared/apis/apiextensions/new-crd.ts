import type { TSchema } from '@sinclair/typebox';
import type { Schema } from '../schema.ts';
import type { CustomResourceColumnDefinition, CustomResourceDefinition } from './v1.ts';

/** What a CRD needs to be made from schema values. One version, served and stored, with a status subresource. */
export interface CrdOptions {
  group: string;
  version: string;
  kind: string;
  /** What such an object is, for `kubectl explain`. */
  description: string;
  plural: string;
  scope: 'Namespaced' | 'Cluster';
  shortNames?: string[];
  categories?: string[];
  spec: TSchema;
  status: TSchema;
  columns: CustomResourceColumnDefinition[];
}

/** TypeBox says `Record<string, T>` with patternProperties; structural schemas say it with additionalProperties. */
function structural(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structural);
  if (typeof value !== 'object' || value === null) return value;
  const { patternProperties, ...rest } = value as Record<string, unknown>;
  const result = Object.fromEntries(Object.entries(rest).map(([name, part]) => [name, structural(part)]));
  const [pattern] = Object.values((patternProperties as Record<string, unknown> | undefined) ?? {});
  return pattern === undefined ? result : { ...result, additionalProperties: structural(pattern) };
}

function wholeSchema({ spec, status, description, kind, group, version }: CrdOptions): Schema {
  return {
    type: 'object',
    description,
    properties: {
      apiVersion: { type: 'string', description: `${group}/${version}` },
      kind: { type: 'string', description: kind },
      metadata: { type: 'object' },
      spec: structural(spec) as Schema,
      status: structural(status) as Schema,
    },
    required: ['spec'],
  };
}

/** The CustomResourceDefinition of one of our own kinds; `deploy/crds` holds the same as YAML. */
export function newCrd(options: CrdOptions): CustomResourceDefinition {
  const { group, version, kind, plural, scope, shortNames, categories, columns } = options;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      names: {
        plural,
        singular: kind.toLowerCase(),
        kind,
        listKind: `${kind}List`,
        ...(shortNames ? { shortNames } : {}),
        ...(categories ? { categories } : {}),
      },
      scope,
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: wholeSchema(options) },
          subresources: { status: {} },
        },
      ],
    },
  };
}
