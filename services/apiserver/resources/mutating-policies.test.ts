import { describe, expect, test } from 'vitest';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { mutatingBindingStrategy, mutatingPolicyStrategy } from './mutating-policies.ts';

/** The expected texts are those of a kube-apiserver 1.36; test/conformance has more of them. */

const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
const matchConstraints = { resourceRules: [rule] };
const applied = (expression: string) => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } });
const patched = (expression: string) => ({ patchType: 'JSONPatch', jsonPatch: { expression } });
const mutations = [applied('Object{}')];
const reinvocationPolicy = 'Never';

const object = (spec: object): Unstructured => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name: 'p' }, spec });
const told = (strategy: typeof mutatingPolicyStrategy, spec: object): string[] =>
  (strategy.validate?.(object(spec)) ?? []).map(({ field, message }) => `${field}: ${message}`);
const policy = (spec: object): string[] =>
  told(mutatingPolicyStrategy, { matchConstraints, mutations, reinvocationPolicy, ...spec });
const mutated = (mutation: object): string[] => policy({ mutations: [mutation] });

describe('a mutating policy', () => {
  test.each([
    applied('Object{}'),
    applied(' Object{spec: Object.spec{replicas: object.spec.replicas + 1, list: [Object.spec.list{a: "b"}]}} '),
    applied('has(object.spec) ? Object{metadata: Object.metadata{?labels: object.?labels}} : Object{spec: null}'),
    applied('Object{replicas: Object{list: [1, 2]}.list.sum()}'),
    patched('[JSONPatch{op: "add", path: "/a/" + jsonpatch.escapeKey("b/c"), value: 1}]'),
    patched('[JSONPatch{op: "add", value: {"a": "b"}}, JSONPatch{op: "remove", path: "/a"}]'),
    patched('[JSONPatch{op: "test", path: "/a", value: Object.a{b: 1}}] + [JSONPatch{}]'),
    patched('variables.a == 1 ? [JSONPatch{}] : []'),
  ])('may say %j', (mutation) => {
    expect(policy({ variables: [{ name: 'a', expression: '1' }], mutations: [mutation] })).toEqual([]);
  });

  test.each([
    [applied('object'), 'applyConfiguration.expression: Invalid value: "object": must evaluate to Object but got dyn'],
    [
      applied('Object.spec{}'),
      'applyConfiguration.expression: Invalid value: "Object.spec{}": must evaluate to Object but got Object.spec',
    ],
    [
      patched('JSONPatch{}'),
      'jsonPatch.expression: Invalid value: "JSONPatch{}": must evaluate to list(JSONPatch) but got JSONPatch',
    ],
    [applied(' '), 'applyConfiguration.expression: Required value'],
    [
      { patchType: 'JSONPatch', applyConfiguration: { expression: 'Object{}' } },
      'jsonPatch: Required value: must be specified when patchType is JSONPatch',
      'applyConfiguration: Invalid value: "{applyConfiguration}": must not be specified when patchType is JSONPatch',
    ],
    [
      { ...applied('Object{}'), jsonPatch: {} },
      'jsonPatch: Invalid value: "{jsonPatch}": must not be specified when patchType is ApplyConfiguration',
    ],
    [
      applied('type(object) == Object ? Object{} : Object{a: 1}'),
      'applyConfiguration.expression: Internal error: program instantiation failed: reference to undefined type: Object',
    ],
    [{}, 'patchType: Required value'],
    [{ patchType: 'x' }, 'patchType: Unsupported value: "x": supported values: "ApplyConfiguration", "JSONPatch"'],
  ])('may not say %j', (mutation, ...expected) => {
    expect(mutated(mutation)).toEqual(expected.map((text) => `spec.mutations[0].${text}`));
  });

  test.each([
    [patched('[JSONPatch{op: 1}]'), "1:14: expected type of field 'op' is 'string' but provided type is 'int'"],
    [patched('[JSONPatch{nope: 1}]'), "1:16: expected type of field 'nope' is '' but provided type is 'int'"],
    [patched('[JSONPatch{nope: null}]'), "1:16: expected type of field 'nope' is '' but provided type is 'null'"],
    [patched('[JSONPatch{path: Invalid{}}]'), "1:25: undeclared reference to 'Invalid' (in container '')"],
    [applied('Object{?spec: 1}'), "1:15: expected type 'optional_type(int)' but found 'int'"],
    [applied('Objects{}'), "1:8: undeclared reference to 'Objects' (in container '')"],
    [applied('variables.a'), "1:10: undefined field 'a'"],
    [applied('params.a'), "1:1: undeclared reference to 'params' (in container '')"],
  ])('has the types of %j right', (mutation, expected) => {
    expect(mutated(mutation).join()).toContain(`compilation failed: ERROR: <input>:${expected}`);
  });

  test('has what changes objects in its mutations alone', () => {
    const conditions = [{ name: 'a', expression: 'Object{} == object' }];
    const variables = [{ name: 'a', expression: 'jsonpatch.escapeKey("a")' }];
    const causes = policy({ matchConditions: conditions, variables }).map((text) => text.split('^')[0]);
    expect(causes).toEqual([
      expect.stringMatching(/^spec.matchConditions\[0\].expression: .*undeclared reference to 'Object'/s),
      expect.stringMatching(/^spec.variables\[0\].expression: .*undeclared reference to 'jsonpatch'/s),
    ]);
  });

  test.each([
    [{ mutations: [] }, 'mutations: Required value: mutations must contain at least one item'],
    [{ matchConstraints: null }, 'matchConstraints: Required value'],
    [{ matchConstraints: {} }, 'matchConstraints.resourceRules: Required value'],
    [
      { matchConstraints: { resourceRules: [{ ...rule, operations: ['UPDATE', 'DELETE'] }] } },
      'matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"',
    ],
    [{ reinvocationPolicy: '' }, 'reinvocationPolicy: Required value'],
    [{ reinvocationPolicy: 'x' }, 'reinvocationPolicy: Unsupported value: "x": supported values: "IfNeeded", "Never"'],
    [{ failurePolicy: 'x' }, 'failurePolicy: Unsupported value: "x": supported values: "Fail", "Ignore"'],
    [{ paramKind: { apiVersion: 'v1' } }, 'paramKind.kind: Required value'],
    [
      { variables: [{ name: 'if', expression: '1' }] },
      'variables[0].name: Invalid value: "if": must be a valid CEL identifier',
    ],
    [{ matchConditions: [{ expression: 'true' }] }, 'matchConditions[0].name: Required value'],
  ])('may not have %j', (spec, expected) => {
    expect(policy(spec)).toEqual([`spec.${expected}`]);
  });
});

describe('a binding of one', () => {
  test.each([
    [{ policyName: 'p' }],
    [{}, 'policyName: Required value'],
    [
      { policyName: 'p', matchResources: { resourceRules: [{ ...rule, operations: ['DELETE'] }] } },
      'matchResources.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE"',
    ],
    [
      { policyName: 'p', paramRef: { parameterNotFoundAction: 'Deny' } },
      'paramRef: Required value: one of name or selector must be specified',
    ],
  ])('%j', (spec, ...expected) => {
    expect(told(mutatingBindingStrategy, spec)).toEqual(expected.map((text) => `spec.${text}`));
  });
});
