import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { duplicate, invalid } from '../types/field-error.ts';

/** What a node says that it can do, by name and in order. Source: core/validation, validateNodeDeclaredFeatures. */

const FORM = /^[A-Z][A-Za-z0-9]*(\/[A-Za-z][A-Za-z0-9]*)*$/;
const MAX_NAME = 253;

export function declaredFeatureCauses(features: readonly string[], field: string): StatusCause[] {
  return features.flatMap((feature, index) => {
    const at = `${field}[${index}]`;
    const before = features[index - 1];
    const why = refusalOf(feature);
    return [
      ...(why ? [invalid(at, feature, `invalid feature name ${JSON.stringify(feature)}: ${why}`)] : []),
      ...(before === feature ? [duplicate(at, feature)] : []),
      ...(before !== undefined && before > feature ? [invalid(at, feature, 'list must be sorted alphabetically')] : []),
    ];
  });
}

function refusalOf(feature: string): string | undefined {
  if (feature.length > MAX_NAME) return `must be no more than ${MAX_NAME} characters`;
  if (FORM.test(feature)) return undefined;
  return "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes";
}
