import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsLabel, isDnsSubdomain, isPathSegment } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { forbidden, invalid, notSupported, required, tooLong } from '../types/field-error.ts';
import { mustBeNamed } from './pod-spec/field-rules.ts';
import { validatePrefixedPath } from './prefixed-path.ts';

/** IngressClasses. Source: networking/validation. */

interface Parameters {
  apiGroup?: string;
  kind?: string;
  name?: string;
  scope?: string;
  namespace?: string;
}

interface ClassSpec {
  controller?: string;
  parameters?: Parameters;
}

const specOf = (object: Unstructured): ClassSpec => (object['spec'] ?? {}) as ClassSpec;

const MAX_CONTROLLER = 250;

export const ingressClassStrategy: Strategy = {
  validate(object) {
    const { controller = '', parameters } = specOf(object);
    return [
      ...(controller.length > MAX_CONTROLLER ? [tooLong('spec.controller', MAX_CONTROLLER)] : []),
      ...validatePrefixedPath(controller, 'spec.controller'),
      ...(parameters ? validateParameters(parameters, 'spec.parameters') : []),
    ];
  },
  validateUpdate: (object, old) =>
    specOf(object).controller === specOf(old).controller
      ? []
      : [invalid('spec.controller', specOf(object).controller ?? '', 'field is immutable')],
};

function validateParameters(parameters: Parameters, field: string): StatusCause[] {
  const { apiGroup, kind, name } = parameters;
  return [
    ...(apiGroup === undefined ? [] : causesOf(`${field}.apiGroup`, apiGroup, isDnsSubdomain(apiGroup))),
    ...mustBeNamed(`${field}.kind`, kind, isPathSegment),
    ...mustBeNamed(`${field}.name`, name, isPathSegment),
    ...validateScope(parameters, field),
  ];
}

const SCOPES = ['Cluster', 'Namespace'];

function validateScope({ scope, namespace }: Parameters, field: string): StatusCause[] {
  const at = `${field}.namespace`;
  if (scope === undefined) return [required(`${field}.scope`)];
  if (!SCOPES.includes(scope)) return [notSupported(`${field}.scope`, scope, SCOPES)];
  if (scope === 'Cluster')
    return namespace === undefined ? [] : [forbidden(at, "`parameters.scope` is set to 'Cluster'")];
  if (namespace === undefined) return [required(at, "`parameters.scope` is set to 'Namespace'")];
  return causesOf(at, namespace, isDnsLabel(namespace));
}
