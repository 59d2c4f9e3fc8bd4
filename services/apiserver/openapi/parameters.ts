/**
 * The parameters that requests may have. Each is one object wherever it is allowed: those that all operations of a path have are told once for the path, and
 * the older document shares them by a name.
 */

export interface Parameter {
  in: 'query' | 'path';
  name: string;
  type: 'boolean' | 'integer' | 'string';
}

/** The names that upstream gives to what its older document shares, by name or by object: they end in a hash of their texts. */
const sharedNames = new Map<Parameter, string>();

function query(type: Parameter['type'], name: string, hash?: string): Parameter {
  const parameter: Parameter = { in: 'query', name, type };
  if (hash) sharedNames.set(parameter, `${name}-${hash}`);
  return parameter;
}

/** Undefined: it is written out wherever it is allowed, since clients look for it there. */
export const sharedNameOf = (parameter: Parameter): string | undefined => sharedNames.get(parameter);

/** Of bodies, by the definition of what is in them. */
export const sharedBodies: Readonly<Record<string, string>> = {
  'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions': 'body-2Y1dVQaQ',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Patch': 'body-78PwaGsr',
};

export const nameInPath: Parameter = { in: 'path', name: 'name', type: 'string' };
export const namespaceInPath: Parameter = { in: 'path', name: 'namespace', type: 'string' };
sharedNames.set(namespaceInPath, 'namespace-vgWSWtn3');

export const pretty = query('string', 'pretty', 'tJGM1-ng');

const dryRun = query('string', 'dryRun');
const fieldValidation = query('string', 'fieldValidation');
const watch = query('boolean', 'watch', 'XNNPZGbK');
const allowWatchBookmarks = query('boolean', 'allowWatchBookmarks', 'HC2hJt-J');

/** What picks objects, also those that a collection loses. */
const picking = [
  query('string', 'continue', 'QfD61s0i'),
  query('string', 'fieldSelector', 'xIcQKXFG'),
  query('string', 'labelSelector', '5Zw57w4C'),
  query('integer', 'limit', '1NfNmdNH'),
  query('string', 'resourceVersion', '5WAnf1kx'),
  query('string', 'resourceVersionMatch', 't8XhRHeC'),
  query('boolean', 'sendInitialEvents', 'rLXlEK_k'),
  query('string', 'shardSelector', 'Kgyki_3_'),
  query('integer', 'timeoutSeconds', 'yvYezaOC'),
];

export const listParameters: readonly Parameter[] = [allowWatchBookmarks, ...picking, watch];
export const readParameters: readonly Parameter[] = picking.filter(({ name }) => name === 'resourceVersion');
export const writeParameters: readonly Parameter[] = [
  dryRun,
  query('string', 'fieldManager', 'Qy4HdaTW'),
  fieldValidation,
];
/** A patch has to say who applies it. */
export const patchParameters: readonly Parameter[] = [
  dryRun,
  query('string', 'fieldManager', '7c6nTn1T'),
  fieldValidation,
  query('boolean', 'force', 'tOGGb0Yi'),
];
export const deleteParameters: readonly Parameter[] = [
  dryRun,
  query('integer', 'gracePeriodSeconds', '-K5HaBOS'),
  query('boolean', 'ignoreStoreReadErrorWithClusterBreakingPotential', 'QbNkfIqj'),
  query('boolean', 'orphanDependents', 'uRB25kX5'),
  query('string', 'propagationPolicy', '6jk3prlO'),
];
export const deleteCollectionParameters: readonly Parameter[] = [...deleteParameters, ...picking];
