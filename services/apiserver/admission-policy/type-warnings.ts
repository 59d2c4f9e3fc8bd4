import type { ExpressionWarning } from '../../../shared/apis/admissionregistration/v1.ts';
import { type CelType, DYN } from '../cel/cel-type.ts';
import { compileExpression } from '../cel/compile-expression.ts';
import { countingDefinition, isOutOfSteps } from '../cel/compile-steps.ts';
import { schemaType } from '../cel/schema-type.ts';
import type { ResourceCatalog, ResourceDefinition } from '../types/resource-definition.ts';
import { prepareVariables } from './compile-policy.ts';
import type { AdmissionPolicy, MatchResources } from './policy-types.ts';
import { type Declared, variableTypes } from './policy-variables.ts';

/**
 * What the expressions of a policy say of its kinds that their schemas do not have. A policy goes by it all the same. Source: k8s.io/apiserver,
 * `pkg/admission/plugin/policy/validating/typechecking.go`.
 */
export const typeWarnings = (policy: AdmissionPolicy, catalog: ResourceCatalog): ExpressionWarning[] =>
  countingDefinition(() => warningsFor(policy, catalog));

function warningsFor({ spec = {} }: AdmissionPolicy, catalog: ResourceCatalog): ExpressionWarning[] {
  const kinds = matchedKinds(spec.matchConstraints ?? {}, catalog);
  const params = paramsType(spec.paramKind, catalog);
  const compiled = kinds.map((definition) => {
    const types = { hasParams: Boolean(spec.paramKind), hasAuthorizer: true, object: typeOf(definition), params };
    const { types: own } = prepareVariables(spec.variables ?? [], types);
    return { kind: kindText(definition), declared: { ...types, own } };
  });
  const warningsOf = (fieldRef: string, expression: string): ExpressionWarning[] => {
    const told = compiled.flatMap(({ kind, declared }) =>
      mistakeIn(expression, declared).map((why) => `${kind}: ${why}\n`),
    );
    return told.length > 0 ? [{ fieldRef, warning: told.join('\n') }] : [];
  };
  return (spec.validations ?? []).flatMap(({ expression, messageExpression }, index) => [
    ...warningsOf(`spec.validations[${index}].expression`, expression),
    ...(messageExpression ? warningsOf(`spec.validations[${index}].messageExpression`, messageExpression) : []),
  ]);
}

/** Of more kinds than can be checked in about a second nothing is said. */
function mistakeIn(expression: string, declared: Declared): string[] {
  const compiled = compileExpression(expression, variableTypes(declared));
  return 'error' in compiled && !isOutOfSteps() ? [compiled.error] : [];
}

const typeOf = ({ schema, resolve, kind }: ResourceDefinition): CelType =>
  schemaType(resolve(schema), { name: kind, isResource: true, resolve }) ?? DYN;

function paramsType(kind: NonNullable<AdmissionPolicy['spec']>['paramKind'], catalog: ResourceCatalog): CelType {
  const [version = '', group = ''] = (kind?.apiVersion ?? '').split('/').reverse();
  const definition = catalog.findKind(group, version, kind?.kind ?? '');
  return definition ? typeOf(definition) : DYN;
}

const kindText = ({ group, version, kind }: ResourceDefinition): string => `${group}/${version}, Kind=${kind}`;

/** Of each rule, which must name them without `*`. */
const MOST_KINDS = 10;

function matchedKinds({ resourceRules }: MatchResources, catalog: ResourceCatalog): ResourceDefinition[] {
  const found = new Set<ResourceDefinition>();
  const byName = kindsByName(catalog);
  for (const rule of resourceRules ?? []) {
    const own = kindsOf(rule, byName).slice(0, MOST_KINDS);
    for (const definition of own) found.add(definition);
    if (own.length === MOST_KINDS) break;
  }
  const key = ({ group, version, kind }: ResourceDefinition): string => [group, version, kind].join('\0');
  return [...found].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

type Rule = NonNullable<MatchResources['resourceRules']>[number];
type KindsByName = ReadonlyMap<string, readonly ResourceDefinition[]>;

/** By plurals and singulars. */
function kindsByName(catalog: ResourceCatalog): KindsByName {
  const byName = new Map<string, ResourceDefinition[]>();
  for (const definition of catalog.list())
    for (const name of new Set([definition.plural, definition.singular])) {
      const known = byName.get(name);
      if (known) known.push(definition);
      else byName.set(name, [definition]);
    }
  return byName;
}

/**
 * In the order of the group, version and name that they are found by. No more is looked at than kinds of the names: a rule has as many such threes as the product of
 * its lists, and a policy tens of thousands of rules.
 */
function kindsOf({ apiGroups, apiVersions, resources }: Rule, byName: KindsByName): ResourceDefinition[] {
  const [groups, versions] = [new Set(apiGroups), new Set(apiVersions)];
  if ([...groups, ...versions].some((part) => part.includes('*'))) return [];
  const names = new Set(resources?.filter((name) => !/[*/]/.test(name)).map((name) => name.toLowerCase()));
  const found = [...names].flatMap((name) =>
    (byName.get(name) ?? [])
      .filter(({ version }) => versions.has(version))
      .flatMap((definition) => {
        const named = namesOfGroup(definition.group).filter((group) => groups.has(group));
        return named.map((group) => ({ place: [group, definition.version, name].join('\0'), definition }));
      }),
  );
  return found.sort((a, b) => (a.place < b.place ? -1 : 1)).map(({ definition }) => definition);
}

/** No group stands for any, as clients look kinds up. */
const namesOfGroup = (group: string): string[] => (group === '' ? [''] : ['', group]);
