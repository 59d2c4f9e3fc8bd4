import { describe, expect, test } from 'vitest';
import type { CustomResourceDefinition } from '../../../shared/apis/apiextensions/v1.ts';
import type { Schema } from '../../../shared/apis/schema.ts';
import { isCrdTerminating, isEstablished } from '../types/catalog.ts';
import { newCronTabCrd } from '../types/crd-fixture.ts';
import {
  customResourceCleanupFinalizer,
  establishCrd,
  finishCleanup,
  markCrdForDeletion,
  needsCleanup,
  prepareCrdForCreate,
  prepareCrdForUpdate,
} from './custom-resource-definitions.ts';
import { validateCrd, validateCrdUpdate, validateNewCrd } from './validate-custom-resource-definition.ts';

const now = '2026-01-01T00:00:00Z';
const later = '2026-01-02T00:00:00Z';

function changed(change: (crd: CustomResourceDefinition) => void): CustomResourceDefinition {
  const crd = newCronTabCrd();
  change(crd);
  return crd;
}

const establish = (crd: CustomResourceDefinition, all: CustomResourceDefinition[] = []): CustomResourceDefinition =>
  establishCrd(prepareCrdForCreate(crd), all, now);

describe('a new CRD', () => {
  test('is established with the names it asks for', () => {
    const { status } = establish(newCronTabCrd());
    expect(status).toEqual({
      storedVersions: ['v1'],
      acceptedNames: newCronTabCrd().spec.names,
      conditions: [
        {
          type: 'NamesAccepted',
          status: 'True',
          reason: 'NoConflicts',
          message: 'no conflicts found',
          lastTransitionTime: now,
        },
        {
          type: 'Established',
          status: 'True',
          reason: 'InitialNamesAccepted',
          message: 'the initial names have been accepted',
          lastTransitionTime: now,
        },
      ],
    });
  });

  test('is not established when another of its group has one of its names', () => {
    const other = establish(newCronTabCrd());
    const rival = changed((crd) => {
      crd.metadata.name = 'ct.stable.example.com';
      crd.spec.names = { plural: 'ct', singular: 'crontabx', kind: 'CronTab', listKind: 'XList' };
    });
    const waiting = establish(rival, [other]);
    expect(isEstablished(waiting)).toBe(false);
    expect(waiting.status?.conditions?.[0]).toMatchObject({
      status: 'False',
      reason: 'KindConflict',
      message: '"CronTab" is already in use',
    });
    expect(waiting.status?.acceptedNames).toMatchObject({ plural: '', singular: 'crontabx', listKind: 'XList' });
    expect(isEstablished(establishCrd(waiting, [], later))).toBe(true);
  });

  test('may have the names of one in another group', () => {
    const other = establish(
      changed((crd) => {
        crd.spec.group = 'other.example.com';
        crd.metadata.name = 'crontabs.other.example.com';
      }),
    );
    expect(isEstablished(establish(newCronTabCrd(), [other]))).toBe(true);
  });
});

test('a changed CRD keeps its status, and notes a new storage version', () => {
  const old = establish(newCronTabCrd());
  const next = changed((crd) => {
    const [v1] = crd.spec.versions;
    crd.spec.versions = [
      { ...v1!, storage: false },
      { ...v1!, name: 'v2' },
    ];
  });
  const updated = establishCrd(prepareCrdForUpdate(next, old), [old], later);
  expect(updated.status?.storedVersions).toEqual(['v1', 'v2']);
  expect(updated.status?.conditions).toEqual(old.status?.conditions);
});

describe('deleting a CRD', () => {
  const deleted = { ...markCrdForDeletion(establish(newCronTabCrd()), later) };
  deleted.metadata = { ...deleted.metadata, deletionTimestamp: later };

  test('waits for its objects', () => {
    expect(deleted.metadata.finalizers).toEqual([customResourceCleanupFinalizer]);
    expect(isCrdTerminating(deleted)).toBe(true);
    expect(needsCleanup(deleted)).toBe(true);
    expect(markCrdForDeletion(deleted, later).metadata.finalizers).toHaveLength(1);
  });

  test('is done when they are gone', () => {
    const done = finishCleanup(deleted, later);
    expect(done.metadata.finalizers).toEqual([]);
    expect(needsCleanup(done)).toBe(false);
    expect(isCrdTerminating(done)).toBe(false);
  });
});

const dns1035 =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";

function complaints(crd: CustomResourceDefinition): string[] {
  return [...validateNewCrd(crd), ...validateCrd(prepareCrdForCreate(crd))].map(
    ({ field, message }) => `${field}: ${message}`,
  );
}

describe('a CRD is refused for', () => {
  test.each<[string, (crd: CustomResourceDefinition) => void, string]>([
    [
      'its name',
      (crd) => {
        crd.metadata.name = 'x.stable.example.com';
      },
      'metadata.name: Invalid value: "x.stable.example.com": must be spec.names.plural+"."+spec.group',
    ],
    [
      'a group without a dot',
      (crd) => {
        crd.spec.group = 'x';
        crd.metadata.name = 'crontabs.x';
      },
      'spec.group: Invalid value: "x": should be a domain with at least one dot',
    ],
    [
      'its scope',
      (crd) => {
        crd.spec.scope = 'X' as 'Cluster';
      },
      'spec.scope: Unsupported value: "X": supported values: "Cluster", "Namespaced"',
    ],
    [
      'its kind',
      (crd) => {
        crd.spec.names.kind = 'w_';
      },
      `spec.names.kind: Invalid value: "w_": may have mixed case, but should otherwise match: ${dns1035}`,
    ],
    [
      'a list kind that is the kind',
      (crd) => {
        crd.spec.names.listKind = 'CronTab';
      },
      'spec.names.listKind: Invalid value: "CronTab": kind and listKind may not be the same',
    ],
    [
      'a short name',
      (crd) => {
        crd.spec.names.shortNames = ['A'];
      },
      `spec.names.shortNames[0]: Invalid value: "A": ${dns1035}`,
    ],
    [
      'no schema',
      (crd) => {
        delete crd.spec.versions[0]!.schema;
      },
      'spec.versions[0].schema.openAPIV3Schema: Required value',
    ],
    [
      'a selectable field that is none',
      (crd) => {
        crd.spec.versions[0]!.selectableFields = [{ jsonPath: '.spec.missing' }];
      },
      'spec.selectableFields[0].jsonPath: Invalid value: ".spec.missing": is an invalid path: does not refer to a valid field',
    ],
    [
      'selectable fields of one version, beside a schema of all',
      (crd) => {
        const [first] = crd.spec.versions;
        crd.spec.versions.push({ ...first!, name: 'v2', storage: false, selectableFields: [{ jsonPath: '.spec.x' }] });
      },
      'spec.versions[1].selectableFields: Invalid value: "": may only be set when `version.schema.openAPIV3Schema` is not included',
    ],
    [
      'a column of no type',
      (crd) => {
        crd.spec.versions[0]!.additionalPrinterColumns = [{ name: 'A', type: 'text', jsonPath: '.a' }];
      },
      'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
    ],
  ])('%s', (_, change, expected) => {
    expect(complaints(changed(change))).toEqual([expected]);
  });

  const root = 'spec.validation.openAPIV3Schema';
  test.each<[string, Schema, string]>([
    [
      'a field without a type',
      { type: 'object', properties: { a: {} } },
      `${root}.properties[a].type: Required value: must not be empty for specified object fields`,
    ],
    [
      'a root that is no object',
      { type: 'string' },
      `${root}.type: Invalid value: "string": must be object at the root`,
    ],
    ['no type at all', {}, `${root}.type: Required value: must not be empty at the root`],
    [
      'an array of nothing',
      { type: 'object', properties: { a: { type: 'array' } } },
      `${root}.properties[a].items: Required value: must be specified`,
    ],
    [
      'fields beside a map',
      {
        type: 'object',
        properties: {
          a: { type: 'object', properties: { b: { type: 'string' } }, additionalProperties: { type: 'string' } },
        },
      },
      `${root}.properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`,
    ],
    [
      'a map list without keys',
      {
        type: 'object',
        properties: { a: { type: 'array', items: { type: 'object' }, 'x-kubernetes-list-type': 'map' } },
      },
      `${root}.properties[a].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`,
    ],
    [
      'a type inside allOf',
      { type: 'object', properties: { a: { type: 'string', allOf: [{ type: 'string' }] } } },
      `${root}.properties[a].allOf[0].type: Forbidden: must be empty to be structural`,
    ],
    [
      'restricting metadata',
      { type: 'object', properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } },
      `${root}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
    ],
    [
      'an unknown type',
      { type: 'object', properties: { a: { type: 'foo' as 'string' } } },
      `${root}.properties[a].type: Unsupported value: "foo": supported values: "array", "boolean", "integer", "number", "object", "string"`,
    ],
    [
      'a default of the wrong type',
      { type: 'object', properties: { a: { type: 'integer', default: 'x' } } },
      `${root}.properties[a].default: Invalid value: "string":  in body must be of type integer: "string"`,
    ],
    [
      'a map at the root',
      { type: 'object', additionalProperties: { type: 'string' } },
      `${root}.additionalProperties: Forbidden: must not be used at the root`,
    ],
  ])('%s', (_, schema, expected) => {
    expect(
      complaints(
        changed((crd) => {
          crd.spec.versions[0]!.schema = { openAPIV3Schema: schema };
          delete crd.spec.versions[0]!.subresources;
        }),
      ),
    ).toEqual([expected]);
  });

  test('a version that is stored but no longer there', () => {
    const crd = establish(newCronTabCrd());
    crd.status = { ...crd.status, storedVersions: ['v0', 'v1'] };
    expect(validateCrd(crd).map(({ field }) => field)).toEqual(['status.storedVersions[0]']);
  });

  test('a new scope or kind, once it is established', () => {
    const old = establish(newCronTabCrd());
    const next = changed((crd) => {
      crd.spec.scope = 'Cluster';
    });
    expect(validateCrdUpdate(next, old)).toMatchObject([
      { field: 'spec.scope', message: 'Invalid value: "Cluster": field is immutable' },
    ]);
    expect(validateCrdUpdate(next, newCronTabCrd())).toEqual([]);
  });
});
