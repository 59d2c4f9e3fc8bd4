import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readGoEnums } from './generate-builtin-enums.ts';
import { readGoStructs, writeRule } from './generate-builtin-go.ts';
import { definitionCode } from './generate-builtin-openapi.ts';
import { newFieldLookup, protoPath, readProtoMessages } from './generate-builtin-proto.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'generate-builtin-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const folder = path.join(dir, 'core/v1');
mkdirSync(folder, { recursive: true });
writeFileSync(
  path.join(folder, 'generated.proto'),
  `package k8s.io.api.core.v1;

// Volume names a thing.
message Volume {
  optional string name = 1;
  optional VolumeSource volumeSource = 2;
  repeated string Tags = 3;
}

message VolumeSource {
  optional string emptyDir = 7;
}
`,
);
writeFileSync(
  path.join(folder, 'types.go'),
  `package v1

type Volume struct {
	// The name.
	Name VolumeName \`json:"name" protobuf:"bytes,1,opt,name=name"\`
	VolumeSource \`json:",inline" protobuf:"bytes,2,opt,name=volumeSource"\`
	Tags []VolumeName \`json:"tags,omitempty" protobuf:"bytes,3,rep,name=tags"\`
	Items []string \`json:"items" protobuf:"bytes,4,rep,name=items"\`
	Count *int32 \`json:"count,omitempty"\`
	At metav1.Time \`json:"at,omitempty"\`
	Maybe metav1.Time \`json:"maybe,omitempty,omitzero"\`
}

type VolumeName string

type VolumeSource struct {
	EmptyDir string \`json:"emptyDir,omitempty" protobuf:"bytes,7,opt,name=emptyDir"\`
}
`,
);

const messages = readProtoMessages([dir]);
const structs = readGoStructs([{ dir, prefix: 'io.k8s.api' }]);
const volume = 'io.k8s.api.core.v1.Volume';

describe('a field', () => {
  const lookup = newFieldLookup(messages, ['name', 'emptyDir', 'tags']);
  test.each([
    ['name', '1'],
    ['emptyDir', '2.7'],
    ['tags', '3'],
    ['other', undefined],
  ])('%s is at %s in protobuf', (field, place) => {
    expect(protoPath(lookup, volume, field)).toBe(place);
  });

  test.each([
    ['name', ''],
    ['emptyDir', '?'],
    ['tags', '?'],
    ['items', '^'],
    ['count', ''],
    ['at', '^'],
    ['maybe', ''],
  ])('%s is written by the rule %j', (field, rule) => {
    expect(writeRule(structs, volume, field, false)).toBe(rule);
  });
});

const enums = readGoEnums(`func schema_k8sio_api_core_v1_Volume(ref common.ReferenceCallback) common.OpenAPIDefinition {
\t\t\t\tProperties: map[string]spec.Schema{
\t\t\t\t\t"emptyDir": {
\t\t\t\t\t\tSchemaProps: spec.SchemaProps{
\t\t\t\t\t\t\tEnum:        []interface{}{"", "x", "two words"},
\t\t\t\t\t"tags": {
`);

test('a definition is packed into one text a field', () => {
  const schema = {
    type: 'object',
    required: ['name', 'emptyDir'],
    properties: {
      name: { type: 'string', default: '' },
      emptyDir: { type: 'string', default: 'x' },
      tags: { type: 'array', items: { type: 'string', default: '' }, 'x-kubernetes-list-type': 'set' },
    },
    'x-kubernetes-group-version-kind': [{ group: '', version: 'v1', kind: 'Volume' }],
  };
  expect(definitionCode(volume, schema, { messages, structs, enums })).toEqual({
    fields: {
      emptyDir: '2.7!? string default="x" in=VolumeSource enum=,x,two_words',
      name: '1! string~ go=v1.VolumeName',
      tags: '3? []string~ list=set go=[]v1.VolumeName',
    },
    required: ['name', 'emptyDir'],
    kinds: [['', 'v1', 'Volume']],
  });
});

test('groups and versions that have a shared definition once more are told apart', () => {
  const kind = 'WatchEvent';
  const schema = {
    properties: {},
    'x-kubernetes-group-version-kind': [
      { group: '', version: 'v1', kind },
      { group: 'apps', version: 'v1', kind },
    ],
  };
  const code = definitionCode('io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent', schema, { messages, structs, enums });
  expect(code).toEqual({ fields: {}, kinds: [['', 'v1', kind]], alsoIn: ['apps/v1'] });
});
