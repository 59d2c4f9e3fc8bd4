import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { AdmissionPolicy } from '../admission-policy/policy-types.ts';
import { causesOf, isDns1035Label, isDnsSubdomain, isQualifiedName } from '../registry/object-names.ts';
import { duplicate, invalid, required, tooMany } from '../types/field-error.ts';
import { mayBeOneOf } from './pod-spec/field-rules.ts';
import { repeated } from './repeated.ts';

/** What a ValidatingAdmissionPolicy says besides its expressions and what it is about. Source: admissionregistration/validation. */
export function policyFieldCauses(object: Unstructured): StatusCause[] {
  const { failurePolicy, paramKind, matchConditions, variables, validations, auditAnnotations } =
    (object as Unstructured & AdmissionPolicy).spec ?? {};
  return [
    ...mayBeOneOf('spec.failurePolicy', failurePolicy ?? undefined, ['Fail', 'Ignore']),
    ...(paramKind ? validateParamKind(paramKind) : []),
    ...validateConditionNames((matchConditions ?? []).map(({ name = '' }) => name)),
    ...(variables ?? []).flatMap(({ name = '' }, index) => validateVariable(name, `spec.variables[${index}].name`)),
    ...(validations ?? []).flatMap((one, index) => validateTexts(one, `spec.validations[${index}]`)),
    ...validateAnnotations((auditAnnotations ?? []) as Annotation[], object.metadata.name ?? ''),
  ];
}

function validateParamKind({ apiVersion = '', kind = '' }: { apiVersion?: string; kind?: string }): StatusCause[] {
  const field = 'spec.paramKind.kind';
  const texts = isDns1035Label(kind.toLowerCase());
  const mixed = `may have mixed case, but should otherwise match: ${texts.join(',')}`;
  return [
    ...(apiVersion === '' ? [required('spec.paramKind.apiVersion')] : validateVersion(apiVersion)),
    ...(kind === '' ? [required(field)] : texts.length > 0 ? [invalid(field, kind, mixed)] : []),
  ];
}

function validateVersion(apiVersion: string): StatusCause[] {
  const field = 'spec.paramKind.apiVersion';
  const parts = apiVersion === '/' ? ['', ''] : apiVersion.split('/');
  if (parts.length > 2) return [invalid(field, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)];
  const [group = '', version = ''] = parts.length === 2 ? parts : ['', parts[0]];
  const [ofGroup, ofVersion] = [group === '' ? [] : isDnsSubdomain(group), isDns1035Label(version)];
  return [
    ...(ofGroup.length > 0 ? [invalid(field, group, ofGroup.join(','))] : []),
    ...(version === '' ? [invalid(field, apiVersion, 'version must be specified')] : []),
    ...(version !== '' && ofVersion.length > 0 ? [invalid(field, version, ofVersion.join(','))] : []),
  ];
}

const MAX_CONDITIONS = 64;

function validateConditionNames(names: readonly string[]): StatusCause[] {
  const field = 'spec.matchConditions';
  const isAgain = repeated(names);
  return [
    ...(names.length > MAX_CONDITIONS ? [tooMany(field, names.length, MAX_CONDITIONS)] : []),
    ...names.flatMap((name, index) => {
      const at = `${field}[${index}].name`;
      if (name === '') return [required(at)];
      return [...causesOf(at, name, isQualifiedName(name)), ...(isAgain[index] ? [duplicate(at, name)] : [])];
    }),
  ];
}

const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
/** Words that mean something in expressions, or may come to. */
const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

function validateVariable(name: string, field: string): StatusCause[] {
  if (name.trim() === '') return [required(field, 'name is not specified')];
  const isFine = IDENTIFIER.test(name) && !RESERVED.has(name);
  return isFine ? [] : [invalid(field, name, 'must be a valid CEL identifier')];
}

interface Texts {
  message?: string;
  messageExpression?: string;
}

function validateTexts({ message = '', messageExpression = '' }: Texts, field: string): StatusCause[] {
  const blank = 'must be non-empty if specified';
  const isBlank = (text: string): boolean => text !== '' && text.trim() === '';
  const isBroken = /[\n\r]/.test(message.trim());
  return [
    ...(isBlank(messageExpression) ? [invalid(`${field}.messageExpression`, messageExpression, blank)] : []),
    ...(isBlank(message) ? [invalid(`${field}.message`, message, blank)] : []),
    ...(isBroken ? [invalid(`${field}.message`, message, 'must not contain line breaks')] : []),
  ];
}

interface Annotation {
  key?: string;
  valueExpression?: string;
}

const MAX_ANNOTATIONS = 20;
const MAX_EXPRESSION = 5 * 1024;

function validateAnnotations(annotations: readonly Annotation[], name: string): StatusCause[] {
  const field = 'spec.auditAnnotations';
  const isAgain = repeated(annotations.map(({ key = '' }) => key));
  const many = `must not have more than ${MAX_ANNOTATIONS} auditAnnotations`;
  return [
    ...(annotations.length > MAX_ANNOTATIONS ? [invalid(field, annotations, many)] : []),
    ...annotations.flatMap(({ key = '', valueExpression = '' }, index) => {
      const at = `${field}[${index}]`;
      return [
        ...causesOf(`${at}.key`, `${name}/${key}`, isQualifiedName(`${name}/${key}`)),
        ...validateAnnotationValue(valueExpression.trim(), `${at}.valueExpression`),
        ...(isAgain[index] ? [duplicate(`${at}.key`, key)] : []),
      ];
    }),
  ];
}

function validateAnnotationValue(expression: string, field: string): StatusCause[] {
  if (expression === '') return [required(field, 'valueExpression is not specified')];
  if (expression.length <= MAX_EXPRESSION) return [];
  return [required(field, `must not exceed ${MAX_EXPRESSION} bytes in length`)];
}
