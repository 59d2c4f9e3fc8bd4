import type { StatusCause } from '../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsSubdomain } from '../registry/object-names.ts';
import { invalid, required } from '../types/field-error.ts';

const PATH_FORM = "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+";
const PATH = new RegExp(`^${PATH_FORM}$`);

/** Who works on something, by a path below its domain: `acme.io/foo`. Source: apimachinery, IsDomainPrefixedPath. */
export function validatePrefixedPath(text: string, field: string): StatusCause[] {
  if (text === '') return [required(field)];
  const [host = '', ...rest] = text.split('/');
  const path = rest.join('/');
  if (host === '' || path === '')
    return [invalid(field, text, 'must be a domain-prefixed path (such as "acme.io/foo")')];
  const odd = `Invalid path (regex used for validation is '${PATH_FORM}')`;
  return [...causesOf(field, host, isDnsSubdomain(host)), ...(PATH.test(path) ? [] : [invalid(field, path, odd)])];
}
