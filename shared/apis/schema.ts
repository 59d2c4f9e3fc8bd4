/**
 * The schema of a kind as the API machinery needs it: the OpenAPI v3 subset that Kubernetes uses for built-in kinds and for
 * the structural schemas of CRDs alike, so that validation, pruning, defaulting, strategic merge, server-side apply and
 * the published OpenAPI documents each have one shape to walk.
 */
export interface Schema {
  /** `#/components/schemas/<name>`; resolve with a `SchemaResolver`. Siblings are laid over what it names. */
  $ref?: string;
  /** Absent: anything (`x-kubernetes-preserve-unknown-fields` or int-or-string decide). */
  type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  format?: string;
  title?: string;
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  items?: Schema;
  required?: string[];
  default?: unknown;
  nullable?: boolean;
  enum?: unknown[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  exclusiveMaximum?: boolean;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  minProperties?: number;
  maxProperties?: number;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  not?: Schema;
  'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-map-type'?: 'atomic' | 'granular';
  /** `merge`, `replace`, `retainKeys` or two of them, comma-separated. */
  'x-kubernetes-patch-strategy'?: string;
  'x-kubernetes-patch-merge-key'?: string;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-embedded-resource'?: boolean;
  'x-kubernetes-validations'?: ValidationRule[];
  'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[];
}

export interface ValidationRule {
  rule: string;
  message?: string;
  messageExpression?: string;
  reason?: string;
  fieldPath?: string;
  optionalOldSelf?: boolean;
}

/** Follows `$ref` (repeatedly) to a schema without one, its siblings laid over it; a schema without `$ref` comes back as it is. */
export type SchemaResolver = (schema: Schema) => Schema;
