import { isDeepStrictEqual } from 'node:util';
import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from '../../../shared/apis/apiextensions/v1.ts';
import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { countingDefinition } from '../cel/compile-steps.ts';
import { forbidden, invalid, required } from '../types/field-error.ts';
import { validateStructuralSchema } from '../types/structural-schema.ts';
import { validateSchemaRules } from './validate-schema-rules.ts';
import { validateSelectableFields } from './validate-selectable-fields.ts';

/**
 * The parts of a version that say how its objects look: schema, subresources, columns, selectable fields. Upstream keeps a part that all versions share once, at
 * the top of the spec, and names it by that place. Source: apiextensions-apiserver, conversion and validation of `apiextensions`.
 */

type Version = CustomResourceDefinitionVersion;

const PARTS = ['schema', 'subresources', 'additionalPrinterColumns', 'selectableFields'] as const;
type Part = (typeof PARTS)[number];

/** How parts are called where they are shared. */
const SHARED_NAMES: Record<Part, string> = {
  schema: 'validation',
  subresources: 'subresources',
  additionalPrinterColumns: 'additionalPrinterColumns',
  selectableFields: 'selectableFields',
};

/** None and an empty list are the same. */
const partOf = (version: Version, part: Part): unknown => {
  const value = version[part];
  return Array.isArray(value) && value.length === 0 ? undefined : value;
};

/** `old`: the versions as they are stored. What is as dear as it was is taken. */
export function validateDefinitionParts(
  { versions }: CustomResourceDefinition['spec'],
  old: readonly Version[] = [],
): StatusCause[] {
  return countingDefinition(() => partErrors(versions, old));
}

function partErrors(versions: readonly Version[], old: readonly Version[]): StatusCause[] {
  const [first] = versions;
  if (!first) return [];
  const shared = new Set(
    PARTS.filter((part) => versions.every((one) => isDeepStrictEqual(partOf(one, part), partOf(first, part)))),
  );
  const own = versions.flatMap((version, index) =>
    PARTS.filter((part) => !shared.has(part)).flatMap((part) =>
      validatePart(version, part, {
        field: `spec.versions[${index}].${part}`,
        schema: shared.has('schema') ? undefined : version.schema,
        noSchema: 'may only be set when `version.schema.openAPIV3Schema` is not included',
        hasStatus: hasStatus(version),
        old,
      }),
    ),
  );
  const common = [...shared].flatMap((part) =>
    validatePart(first, part, {
      field: `spec.${SHARED_NAMES[part]}`,
      schema: shared.has('schema') ? first.schema : undefined,
      noSchema: 'may only be set when validations.schema is included',
      hasStatus: versions.some(hasStatus),
      old,
    }),
  );
  return [...own, ...common];
}

const hasStatus = ({ subresources }: Version): boolean => Boolean(subresources?.status);

interface Place {
  field: string;
  schema: Version['schema'];
  /** What is said of selectable fields without a schema beside them. */
  noSchema: string;
  hasStatus: boolean;
  old: readonly Version[];
}

function validatePart(version: Version, part: Part, place: Place): StatusCause[] {
  const { field } = place;
  switch (part) {
    case 'schema':
      return validateSchema(version, place);
    case 'subresources':
      return validateScalePaths(version.subresources?.scale, `${field}.scale`);
    case 'additionalPrinterColumns':
      return (version.additionalPrinterColumns ?? []).flatMap((column, index) =>
        validateColumn(column, `${field}[${index}]`),
      );
    case 'selectableFields':
      return validateSelectable(version, place);
  }
}

function validateSelectable({ selectableFields = [] }: Version, { field, schema, noSchema }: Place): StatusCause[] {
  if (selectableFields.length === 0) return [];
  if (!schema?.openAPIV3Schema) return [invalid(field, '', noSchema)];
  return validateSelectableFields(selectableFields, schema.openAPIV3Schema, field);
}

function validateSchema(version: Version, { field, hasStatus: isStatusApart, old }: Place): StatusCause[] {
  const schema = version.schema?.openAPIV3Schema;
  if (!schema) return [];
  const place = `${field}.openAPIV3Schema`;
  const structural = validateStructuralSchema(schema, place);
  return [
    ...(isStatusApart ? rootErrors(schema, place) : []),
    ...(schema.nullable ? [forbidden(`${place}.nullable`, 'nullable cannot be true at the root')] : []),
    ...structural,
    ...validateSchemaRules(schema, place, { isStructural: structural.length === 0, isStored: isStored(version, old) }),
  ];
}

const isStored = ({ name, schema }: Version, old: readonly Version[]): boolean =>
  old.some((one) => one.name === name && isDeepStrictEqual(one.schema, schema));

/** By the names that upstream tells them by. */
const ROOT_FIELDS = [
  'Description',
  'Type',
  'Format',
  'Title',
  'Maximum',
  'ExclusiveMaximum',
  'Minimum',
  'ExclusiveMinimum',
  'MaxLength',
  'MinLength',
  'Pattern',
  'MaxItems',
  'MinItems',
  'UniqueItems',
  'MultipleOf',
  'Required',
  'Items',
  'Properties',
  'ExternalDocs',
  'Example',
  'XPreserveUnknownFields',
  'XValidations',
];
const ALLOWED = new Set([
  ...ROOT_FIELDS.map((name) => name.slice(0, 1).toLowerCase() + name.slice(1)),
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
]);

/** With a status that is judged by itself, the root says nothing but what it is made of. */
function rootErrors(schema: Schema, place: string): StatusCause[] {
  const onlyObject =
    'only "object" is allowed as the type at the root of the schema if the status subresource is enabled';
  const onlyThese = `only [${ROOT_FIELDS.join(' ')}] fields are allowed at the root of the schema if the status subresource is enabled`;
  const isOther = schema.type !== undefined && schema.type !== 'object';
  if (isOther) return [invalid(`${place}.type`, schema.type, onlyObject)];
  const hasMore = Object.entries(schema).some(([name, value]) => !ALLOWED.has(name) && value !== false);
  return hasMore ? [invalid(place, schema, onlyThese)] : [];
}

type ScalePaths = NonNullable<NonNullable<Version['subresources']>['scale']>;

const SCALE_PATHS = [
  ['specReplicasPath', ['.spec.'], '.spec'],
  ['statusReplicasPath', ['.status.'], '.status'],
  ['labelSelectorPath', ['.spec.', '.status.'], 'either .spec or .status'],
] as const;

function validateScalePaths(paths: ScalePaths | undefined, field: string): StatusCause[] {
  if (!paths) return [];
  return SCALE_PATHS.flatMap(([name, roots, under]) => {
    const path = paths[name] ?? '';
    if (path === '') return name === 'labelSelectorPath' ? [] : [required(`${field}.${name}`)];
    const malformed = validateSimplePath(path, `${field}.${name}`);
    if (malformed.length > 0 || roots.some((root) => path.startsWith(root))) return malformed;
    return [invalid(`${field}.${name}`, path, `should be a json path under ${under}`)];
  });
}

function validateSimplePath(path: string, field: string): StatusCause[] {
  return path.startsWith('.') ? [] : [invalid(field, path, 'must be a simple json path starting with .')];
}

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];
const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

function validateColumn(column: CustomResourceColumnDefinition, field: string): StatusCause[] {
  const { name = '', type = '', format = '', jsonPath = '' } = column;
  const types = `must be one of ${COLUMN_TYPES.join(',')}`;
  const isFormat = format === '' || COLUMN_FORMATS.includes(format);
  return [
    ...(name === '' ? [required(`${field}.name`)] : []),
    ...(type === '' ? [required(`${field}.type`, types)] : []),
    ...(type === '' || COLUMN_TYPES.includes(type) ? [] : [invalid(`${field}.type`, type, types)]),
    ...(isFormat ? [] : [invalid(`${field}.format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`)]),
    ...(jsonPath === '' ? [required(`${field}.JSONPath`)] : validateSimplePath(jsonPath, `${field}.JSONPath`)),
  ];
}
