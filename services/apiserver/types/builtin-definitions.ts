import { builtinSchema, resolveBuiltin } from '../../../shared/apis/builtin/definitions.ts';
import type { ResourceRow, SubresourceRow } from '../../../shared/apis/builtin/table.ts';
import { builtinTables } from '../../../shared/apis/builtin/tables.ts';
import { autoscalerStoredForms } from './autoscaler-stored-form.ts';
import { eventStoredForms } from './event-stored-form.ts';
import type { ResourceDefinition, StoredForm, SubresourceDefinition } from './resource-definition.ts';
import { selectableFieldsOf } from './selectable-fields.ts';

/**
 * The built-in resources that are served: those of every stable version, as a kube-apiserver without further flags serves them (alpha and beta
 * versions are off). Subresources that need a node behind the API are not served and not listed.
 */

/** They open a stream to a kubelet, or a proxy to what runs on a node. */
const needNodes = new Set(['attach', 'exec', 'log', 'portforward', 'proxy']);

/** What a server says about each request for a kind that has a successor. */
const deprecations: Record<string, string> = {
  endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  componentstatuses: 'v1 ComponentStatus is deprecated in v1.19+',
};

const isStable = (version: string): boolean => /^v\d+$/.test(version);

interface GroupVersion {
  group: string;
  version: string;
}

function subresource(row: SubresourceRow, gv: GroupVersion): SubresourceDefinition {
  return {
    name: row.name,
    kind: row.kind,
    group: row.group ?? gv.group,
    version: row.version ?? gv.version,
    verbs: row.verbs,
  };
}

/** Of kinds that are served in more than one group or version with other fields in each. */
function storedFormOf({ kind }: ResourceRow, { group, version }: GroupVersion): StoredForm | undefined {
  if (kind === 'Event') return eventStoredForms[group];
  return kind === 'HorizontalPodAutoscaler' ? autoscalerStoredForms[version] : undefined;
}

function definition(row: ResourceRow, gv: GroupVersion, storageVersion: string): ResourceDefinition {
  const schemaName = `io.k8s.${row.schema}`;
  const storedForm = storedFormOf(row, gv);
  const deprecationWarning = gv.group === '' ? deprecations[row.name] : undefined;
  return {
    ...gv,
    kind: row.kind,
    listKind: `${row.kind}List`,
    plural: row.name,
    singular: row.singular,
    shortNames: row.shortNames ?? [],
    categories: row.categories ?? [],
    namespaced: row.namespaced,
    verbs: row.verbs,
    subresources: (row.subresources ?? [])
      .filter(({ name }) => !needNodes.has(name))
      .map((sub) => subresource(sub, gv)),
    get schema() {
      return builtinSchema(schemaName) ?? {};
    },
    resolve: resolveBuiltin,
    source: 'builtin',
    selectableFields: selectableFieldsOf(gv.group, row.name),
    storageVersion,
    ...(storedForm ? { storedForm } : {}),
    ...(deprecationWarning ? { deprecationWarning } : {}),
    ...(row.storageVersionHash ? { storageVersionHash: row.storageVersionHash } : {}),
  };
}

/** The preferred version of a group, which is listed first, is the one that is stored. */
export function builtinDefinitions(): ResourceDefinition[] {
  return builtinTables.flatMap((table) => {
    const stable = table.versions.filter(({ version }) => isStable(version));
    return stable.flatMap(({ version, resources }) =>
      resources.map((row) => definition(row, { group: table.group, version }, stable[0]?.version ?? version)),
    );
  });
}
