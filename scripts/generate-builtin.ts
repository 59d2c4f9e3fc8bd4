import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DefinitionCode, GroupTable, VersionTable } from '../shared/apis/builtin/table.ts';
import { readGoEnums } from './generate-builtin-enums.ts';
import { readGoStructs } from './generate-builtin-go.ts';
import { definitionCode, type OpenApiSchema, shortName, type TypeSources } from './generate-builtin-openapi.ts';
import { readProtoMessages } from './generate-builtin-proto.ts';
import { type ApiResource, resourceRows } from './generate-builtin-resources.ts';

/**
 * Writes the table of built-in types, `shared/apis/builtin/data/`, from the interface definitions that Kubernetes publishes: the OpenAPI v3 and
 * discovery documents in the Go module k8s.io/kubernetes, and the protobuf definitions beside the Go types. Takes names, numbers and types, no text.
 *
 *     npx tsx scripts/generate-builtin.ts [--check]
 *
 * With `--check` nothing is written and the exit code says whether the files are up to date.
 *
 * Needs `go` for fetching the modules. The same version gives the same bytes, so CI can compare.
 */

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dataDir = path.join(root, 'shared/apis/builtin/data');

/** `v1.36.3`: the version that the tests with a real control plane are pinned to. */
function kubernetesVersion(): string {
  const goMod = readFileSync(path.join(root, 'test/kube/go/kubernetes/go.mod'), 'utf8');
  const version = /k8s\.io\/kubernetes (v\d+\.\d+\.\d+)/.exec(goMod)?.[1];
  if (!version) throw new Error('test/kube/go/kubernetes/go.mod does not require k8s.io/kubernetes');
  return version;
}

function moduleDir(module: string, version: string): string {
  const answer = execFileSync('go', ['mod', 'download', '-json', `${module}@${version}`], {
    encoding: 'utf8',
    cwd: path.join(root, 'test/kube/go/kubernetes'),
  });
  return (JSON.parse(answer) as { Dir: string }).Dir;
}

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** The newer documents say more; which groups a shared definition belongs to is told in full only by the older. */
function readDefinitions(specDir: string): Map<string, OpenApiSchema> {
  const all = new Map<string, OpenApiSchema>();
  const old = readJson(path.join(specDir, 'swagger.json')) as { definitions: Record<string, OpenApiSchema> };
  const kinds = 'x-kubernetes-group-version-kind';
  for (const file of readdirSync(path.join(specDir, 'v3')).sort()) {
    const document = readJson(path.join(specDir, 'v3', file)) as {
      components?: { schemas?: Record<string, OpenApiSchema> };
    };
    for (const [name, schema] of Object.entries(document.components?.schemas ?? {})) {
      const inAll = old.definitions[name]?.[kinds];
      all.set(name, inAll ? { ...schema, [kinds]: inAll } : schema);
    }
  }
  return all;
}

interface Source extends TypeSources {
  discoveryDir: string;
  definitions: Map<string, OpenApiSchema>;
}

/** `io.k8s.api.core.v1` → core's `''`; apimachinery is shared by all groups and is the group `meta`. */
function groupOfDefinition(source: Source): (name: string) => string {
  const groups = new Map<string, string>();
  const packageOf = (name: string): string => name.slice(0, name.lastIndexOf('.'));
  for (const [name, schema] of source.definitions) {
    const group = schema['x-kubernetes-group-version-kind']?.[0]?.group;
    if (group !== undefined) groups.set(packageOf(name), group);
  }
  return (name) => {
    if (name.startsWith('io.k8s.apimachinery.')) return 'meta';
    const group = groups.get(packageOf(name));
    if (group === undefined) throw new Error(`no group for ${name}`);
    return group;
  };
}

function kindIndex(source: Source): (group: string, version: string, kind: string) => string {
  const index = new Map<string, string>();
  for (const [name, schema] of source.definitions) {
    for (const gvk of schema['x-kubernetes-group-version-kind'] ?? []) {
      index.set(`${gvk.group}/${gvk.version}/${gvk.kind}`, shortName(name));
    }
  }
  return (group, version, kind) => {
    const name = index.get(`${group}/${version}/${kind}`);
    if (!name) throw new Error(`no definition for ${group}/${version} ${kind}`);
    return name;
  };
}

interface ApiGroup {
  name: string;
  versions: { version: string }[];
}

function versionTable(source: Source, group: string, version: string): VersionTable {
  const file = group === '' ? `api__${version}.json` : `apis__${group}__${version}.json`;
  const list = readJson(path.join(source.discoveryDir, file)) as { resources: ApiResource[] };
  return { version, resources: resourceRows({ group, version }, list.resources, kindIndex(source)) };
}

/** In the order in which discovery lists the groups; `meta` last. */
function groupTables(source: Source): GroupTable[] {
  const { groups } = readJson(path.join(source.discoveryDir, 'apis.json')) as { groups: ApiGroup[] };
  const tables = [{ name: '', versions: [{ version: 'v1' }] }, ...groups].map(({ name, versions }) => ({
    group: name,
    versions: versions.map(({ version }) => versionTable(source, name, version)),
    definitions: definitionsOf(source, name),
  }));
  return [...tables, { group: 'meta', versions: [], definitions: definitionsOf(source, 'meta') }];
}

function definitionsOf(source: Source, group: string): Record<string, DefinitionCode> {
  const groupOf = groupOfDefinition(source);
  const names = [...source.definitions.keys()].filter((name) => groupOf(name) === group).sort();
  return Object.fromEntries(
    names.map((name) => [shortName(name), definitionCode(name, source.definitions.get(name) ?? {}, source)]),
  );
}

/** One line a version's resource and one a definition: compact, and a diff still says what changed. */
function format(table: GroupTable): string {
  const lines = (entries: string[], indent: string): string => entries.map((entry) => `\n${indent}${entry}`).join(',');
  const versions = table.versions.map(
    ({ version, resources }) =>
      `{"version":${JSON.stringify(version)},"resources":[${lines(
        resources.map((resource) => JSON.stringify(resource)),
        '  ',
      )}]}`,
  );
  const definitions = Object.entries(table.definitions).map(([name, code]) => `"${name}":${JSON.stringify(code)}`);
  return `{"group":${JSON.stringify(table.group)},\n"versions":[${lines(versions, ' ')}],\n"definitions":{${lines(definitions, ' ')}}}\n`;
}

function main(): void {
  const version = kubernetesVersion();
  const staging = version.replace(/^v1/, 'v0');
  const kubernetes = moduleDir('k8s.io/kubernetes', version);
  const modules = ['api', 'apimachinery', 'apiextensions-apiserver', 'kube-aggregator'].map((name) => ({
    dir: moduleDir(`k8s.io/${name}`, staging),
    prefix: `io.k8s.${name}`,
  }));
  const source: Source = {
    discoveryDir: path.join(kubernetes, 'api/discovery'),
    definitions: readDefinitions(path.join(kubernetes, 'api/openapi-spec')),
    enums: readGoEnums(readFileSync(path.join(kubernetes, 'pkg/generated/openapi/zz_generated.openapi.go'), 'utf8')),
    messages: readProtoMessages(modules.map(({ dir }) => dir)),
    structs: readGoStructs(modules),
  };
  const files = new Map(groupTables(source).map((table) => [`${table.group || 'core'}.json`, format(table)]));
  for (const [file, text] of files) if (text.length >= maxFileSize) throw new Error(`${file} is a megabyte or more`);
  if (process.argv.includes('--check')) check(files);
  else write(files);
}

const maxFileSize = 1024 * 1024;

function write(files: Map<string, string>): void {
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });
  for (const [file, text] of files) writeFileSync(path.join(dataDir, file), text);
}

function check(files: Map<string, string>): void {
  const present = readdirSync(dataDir).sort();
  const stale = [...new Set([...present, ...files.keys()])].filter((file) => {
    const text = files.get(file);
    return text === undefined || !present.includes(file) || readFileSync(path.join(dataDir, file), 'utf8') !== text;
  });
  for (const file of stale) console.error(`${file} is not what the sources say: run generate-builtin`);
  process.exitCode = stale.length === 0 ? 0 : 1;
}

main();
