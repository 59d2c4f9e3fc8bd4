import type { StatusCause, Unstructured } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsLabel, isDnsSubdomain } from '../../registry/object-names.ts';
import { forbidden, invalid, notSupported, required } from '../../types/field-error.ts';
import { mustBeNamed } from '../pod-spec/field-rules.ts';
import { conditionTypeCauses } from './condition-types.ts';
import { type FlowRule, validateFlowRule } from './flow-rules.ts';
import { fixedSchemaCauses } from './mandatory-objects.ts';

/** FlowSchemas: whose requests another API server would count together. Source: flowcontrol/validation. */

interface Named {
  name?: string;
  namespace?: string;
}

interface Subject {
  kind?: string;
  user?: Named;
  group?: Named;
  serviceAccount?: Named;
}

interface FlowSchemaSpec {
  matchingPrecedence?: number;
  distinguisherMethod?: { type?: string };
  priorityLevelConfiguration?: Named;
  rules?: (FlowRule & { subjects?: Subject[] | null })[];
}

const specOf = (object: Unstructured): FlowSchemaSpec => (object['spec'] ?? {}) as FlowSchemaSpec;

/** Unlike its other lists, this one may be left out, and is answered as null. Changes `object`. */
export function emptyNamespacesAreNone(object: Unstructured): void {
  for (const { resourceRules = [] } of specOf(object).rules ?? [])
    for (const rule of resourceRules) if (rule.namespaces?.length === 0) rule.namespaces = null;
}

const DISTINGUISHERS = ['ByNamespace', 'ByUser'];
const MAX_PRECEDENCE = 10_000;

export function validateFlowSchema(object: Unstructured): StatusCause[] {
  const { distinguisherMethod: method, priorityLevelConfiguration: level = {}, rules = [] } = specOf(object);
  const place = 'spec.priorityLevelConfiguration.name';
  return [
    ...precedenceCauses(specOf(object).matchingPrecedence ?? 0, object.metadata.name ?? ''),
    ...(method && !DISTINGUISHERS.includes(method.type ?? '')
      ? [notSupported('spec.distinguisherMethod.type', { Type: method.type ?? '' }, DISTINGUISHERS)]
      : []),
    ...(level.name
      ? causesOf(place, level.name, isDnsSubdomain(level.name))
      : [required(place, 'must reference a priority level')]),
    ...rules.flatMap((rule, index) => [
      ...validateSubjects(rule.subjects ?? [], `spec.rules[${index}].subjects`),
      ...validateFlowRule(rule, `spec.rules[${index}]`),
    ]),
    ...fixedSchemaCauses(object),
    ...conditionTypeCauses(object),
  ];
}

function precedenceCauses(precedence: number, name: string): StatusCause[] {
  const field = 'spec.matchingPrecedence';
  const refused = (why: string): StatusCause[] => [invalid(field, precedence, why)];
  if (precedence <= 0) return refused('must be a positive value');
  if (precedence > MAX_PRECEDENCE) return refused(`must not be greater than ${MAX_PRECEDENCE}`);
  return precedence === 1 && name !== 'exempt'
    ? refused("only the schema named 'exempt' may have matchingPrecedence 1")
    : [];
}

function validateSubjects(subjects: readonly Subject[], field: string): StatusCause[] {
  if (subjects.length === 0) return [required(field, 'subjects must contain at least one value')];
  return subjects.flatMap((subject, index) => validateSubject(subject, `${field}[${index}]`));
}

const SUBJECTS = { Group: 'group', ServiceAccount: 'serviceAccount', User: 'user' } as const;

/** Whom its kind names has to be there, and nobody else. */
function validateSubject(subject: Subject, field: string): StatusCause[] {
  const { kind = '' } = subject;
  if (!Object.hasOwn(SUBJECTS, kind)) return [notSupported(`${field}.kind`, kind, Object.keys(SUBJECTS))];
  return Object.entries(SUBJECTS).flatMap(([other, part]) => {
    const named = subject[part];
    const at = `${field}.${part}`;
    if (other !== kind) return named ? [forbidden(at, `${part} is forbidden when subject kind is not '${other}'`)] : [];
    if (!named) return [required(at, `${part} is required when subject kind is '${other}'`)];
    return part === 'serviceAccount' ? validateAccount(named, at) : named.name ? [] : [required(`${at}.name`)];
  });
}

function validateAccount({ name, namespace }: Named, field: string): StatusCause[] {
  return [
    ...(name === '*' ? [] : mustBeNamed(`${field}.name`, name, isDnsSubdomain)),
    ...(namespace
      ? causesOf(`${field}.namespace`, namespace, isDnsLabel(namespace))
      : [required(`${field}.namespace`, 'must specify namespace for service account')]),
  ];
}
