import { describe, expect, test } from 'vitest';
import { isStatusError } from '../../../shared/apis/meta/status-error.ts';
import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import { newCatalog } from './catalog.ts';
import { cronTabDefinition } from './crd-fixture.ts';
import { checkFields, type FieldValidation } from './field-validation.ts';
import type { ResourceDefinition } from './resource-definition.ts';

const catalog = newCatalog();
const deployments = catalog.find('apps', 'v1', 'deployments') as ResourceDefinition;
const secrets = catalog.find('', 'v1', 'secrets') as ResourceDefinition;
const events = catalog.find('', 'v1', 'events') as ResourceDefinition;
const crontabs = cronTabDefinition({
  type: 'object',
  properties: {
    image: { type: 'string' },
    any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    embedded: { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: { type: 'object' } } },
  },
});

function object(definition: ResourceDefinition, body: object): Unstructured {
  const { kind, group, version } = definition;
  return { apiVersion: group ? `${group}/${version}` : version, kind, metadata: { name: 'x' }, ...body };
}

function refusal(
  definition: ResourceDefinition,
  body: object,
  mode: FieldValidation = 'Strict',
  twice?: string[],
): string {
  try {
    checkFields(definition, object(definition, body), mode, twice);
  } catch (error) {
    if (isStatusError(error) && error.code === 400) return error.message;
    throw error;
  }
  return 'accepted';
}

const container = (fields: object): object => ({
  spec: { template: { spec: { containers: [{ name: 'c', ...fields }] } } },
});

describe('a value of the wrong type is refused in the words of a Go server', () => {
  const spec = 'Deployment in version "v1" cannot be handled as a Deployment: ';
  test.each<[string, object, string]>([
    [
      'text for a number',
      { spec: { replicas: 'x' } },
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'a fraction for an integer',
      { spec: { replicas: 1.5 } },
      'json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'too large a number',
      { spec: { replicas: 99999999999 } },
      'json: cannot unmarshal number 99999999999 into Go struct field DeploymentSpec.spec.replicas of type int32',
    ],
    [
      'text for a list',
      container({ ports: 'x' }),
      'json: cannot unmarshal string into Go struct field Container.spec.template.spec.containers.ports of type []v1.ContainerPort',
    ],
    [
      'a number in a list of texts',
      container({ command: [1] }),
      'json: cannot unmarshal number into Go struct field Container.spec.template.spec.containers.command of type string',
    ],
    [
      'a list for an object',
      { spec: [1] },
      'json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec',
    ],
    [
      'text for a boolean',
      { spec: { paused: 'x' } },
      'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.paused of type bool',
    ],
    [
      'a number as a label',
      { metadata: { labels: { a: 1 } } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string',
    ],
    [
      'a list as labels',
      { metadata: { labels: [] } },
      'json: cannot unmarshal array into Go struct field ObjectMeta.metadata.labels of type map[string]string',
    ],
    [
      'no time',
      { metadata: { creationTimestamp: 'abc' } },
      'parsing time "abc" as "2006-01-02T15:04:05Z07:00": cannot parse "abc" as "2006"',
    ],
    [
      'no quantity',
      container({ resources: { limits: { cpu: 'abc' } } }),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
  ])('%s', (_, body, message) => {
    expect(refusal(deployments, body)).toBe(spec + message);
    expect(refusal(deployments, body, 'Ignore')).toBe(spec + message);
  });

  test.each([
    ['!!', 0],
    ['one\ntwo\n', 6],
    ['YQ=', 3],
    ['YQ=\n', 4],
    ['YQ\n=a', 3],
    ['YQ==\na', 5],
    ['YWE=a', 4],
    ['Y=', 1],
    ['YQ==\n \n', 5],
  ])('bytes that are not base64: %j', (text, at) => {
    const message = `Secret in version "v1" cannot be handled as a Secret: illegal base64 data at input byte ${at}`;
    expect(refusal(secrets, { data: { a: text } })).toBe(message);
  });

  test('metadata of a custom resource', () => {
    const message = 'json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string';
    expect(refusal(crontabs, { metadata: { labels: { a: 1 } } })).toContain(message);
  });
});

describe('an unknown field', () => {
  const body = { spec: { foo: 1, template: { spec: { containers: [{ name: 'c', zzz: 1, aaa: {} }] } } } };
  const paths = ['spec.foo', 'spec.template.spec.containers[0].zzz', 'spec.template.spec.containers[0].aaa'];
  const findings = paths.map((path) => `unknown field "${path}"`);

  test('is refused when validation is strict, in the order of the document', () => {
    expect(refusal(deployments, body)).toBe(
      `Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: ${findings.join(', ')}`,
    );
  });

  test('is dropped, with or without a warning', () => {
    const warned = checkFields(deployments, object(deployments, body), 'Warn');
    expect(warned.warnings).toEqual(findings);
    expect(warned.object['spec']).toEqual({ template: { spec: { containers: [{ name: 'c' }] } } });
    const ignored = checkFields(deployments, object(deployments, body), 'Ignore');
    expect(ignored).toEqual({ object: warned.object, warnings: [] });
  });

  test('of a custom resource is reported by alphabet', () => {
    expect(refusal(crontabs, { spec: { foo: 1, bar: 2 }, zzz: 3 })).toBe(
      'CronTab in version "v1" cannot be handled as a CronTab: strict decoding error: ' +
        'unknown field "spec.bar", unknown field "spec.foo", unknown field "zzz"',
    );
  });

  test('is kept where the schema says so, and metadata of what is embedded is checked', () => {
    const spec = { any: { a: { b: null } }, embedded: { apiVersion: 'v1', kind: 'X', metadata: { foo: 1 }, spec: {} } };
    const { object: pruned, warnings } = checkFields(crontabs, object(crontabs, { spec }), 'Warn');
    expect(warnings).toEqual(['unknown field "spec.embedded.metadata.foo"']);
    expect(pruned['spec']).toEqual({ ...spec, embedded: { ...spec.embedded, metadata: {} } });
  });

  test.each([
    [{ apiVersion: 'v1', kind: true }, 'spec.embedded.kind: Invalid value: true: must be a string'],
    [{ apiVersion: 1, kind: 'X' }, 'spec.embedded.apiVersion: Invalid value: 1: must be a string'],
    [{ apiVersion: 'v1', kind: null }, 'spec.embedded.kind: Invalid value: null: must be a string'],
  ])('refuses an embedded object that says %j of itself', (embedded, why) => {
    expect(refusal(crontabs, { spec: { embedded } }, 'Ignore')).toBe(
      `CronTab in version "v1" cannot be handled as a CronTab: ${why}`,
    );
  });

  test('named __proto__ is a field like any other', () => {
    const evil = JSON.parse('{"data":{"__proto__":"YQ=="}}') as object;
    const { object: kept } = checkFields(secrets, object(secrets, evil), 'Strict');
    expect(JSON.stringify(kept['data'])).toBe('{"__proto__":"YQ=="}');
  });
});

test('a field that is there twice counts as an unknown one', () => {
  expect(refusal(deployments, {}, 'Strict', ['duplicate field "spec.replicas"'])).toContain(
    'duplicate field "spec.replicas"',
  );
});

test('a field that is there twice within one that the type does not have is not told of', () => {
  const twice = ['spec.foo.a', 'spec.fo', 'spec.foo[0]', 'spec.template'].map((path) => `duplicate field "${path}"`);
  expect(refusal(deployments, { spec: { foo: 1 } }, 'Strict', twice)).toMatch(
    /strict decoding error: duplicate field "spec.fo", duplicate field "spec.template", unknown field "spec.foo"$/,
  );
});

test('of a body full of unknown fields that are there twice the first hundred are told', () => {
  const names = Array.from({ length: 40_000 }, (_, index) => `a${index}`);
  const body = Object.fromEntries(names.map((name) => [name, 1]));
  const twice = names.map((name) => `duplicate field "${name}"`);
  const { warnings } = checkFields(deployments, object(deployments, body), 'Warn', twice);
  expect(warnings).toEqual(names.slice(0, 100).map((name) => `unknown field "${name}"`));
});

test('a name of a megabyte is not spelled out for each field below it', () => {
  const fields = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`a${index}`, 1]));
  const definition = cronTabDefinition({
    type: 'object',
    additionalProperties: { type: 'object', properties: { b: { type: 'string' } } },
  });
  const long = 'x'.repeat(1_000_000);
  const { object: kept, warnings } = checkFields(definition, object(definition, { spec: { [long]: fields } }), 'Warn');
  expect(warnings[0]).toBe(`unknown field "spec.${long}.a0"`);
  expect(kept['spec']).toEqual({ [long]: {} });
});

test('what Go omits does not survive decoding', () => {
  const { object: decoded } = checkFields(
    events,
    object(events, {
      metadata: { name: 'x', labels: {}, finalizers: [] },
      count: 0,
      reason: '',
      message: null,
      type: 'Normal',
    }),
    'Strict',
  );
  expect(decoded).toEqual({ apiVersion: 'v1', kind: 'Event', metadata: { name: 'x' }, type: 'Normal' });
});
