import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { isDnsLabel, isDnsSubdomain, type NameRule } from '../registry/object-names.ts';
import { invalid, required, tooLong } from '../types/field-error.ts';

const MAX_DOMAIN = 253;
const MAX_NAME = MAX_DOMAIN + 1 + 253 + 63 + 1;
const FORM_TEXT = "must be a fully qualified domain and path of the form 'example.com/signer-name'";

/** Who signs certificates: `example.com/name`. Source: core/validation, ValidateSignerName. */
export function validateSignerName(name: string, field: string): StatusCause[] {
  if (name === '') return [required(field)];
  const [domain = '', path = '', more] = name.split('/');
  if (!name.includes('/') || more !== undefined) return [invalid(field, name, FORM_TEXT)];
  const isSingle = !domain.includes('.');
  return [
    ...(domain.length > MAX_DOMAIN ? [tooLong(field, MAX_DOMAIN)] : []),
    ...labelCauses(domain, isDnsLabel, field),
    ...(isSingle ? [invalid(field, domain, 'should be a domain with at least two segments separated by dots')] : []),
    ...labelCauses(path, isDnsSubdomain, field),
    ...(name.length > MAX_NAME ? [tooLong(field, MAX_NAME)] : []),
  ];
}

/** The first label that is wrong; the others would be told in the same words. */
function labelCauses(text: string, rule: NameRule, field: string): StatusCause[] {
  const wrong = text.split('.').find((label) => rule(label).length > 0);
  if (wrong === undefined) return [];
  return rule(wrong).map((why) => invalid(field, text, `validating label ${JSON.stringify(wrong)}: ${why}`));
}
