/** Whose deletion takes objects with it that nobody has named: what is in a namespace, and all objects of a kind. */
export const KINDS_WITH_CONTENTS: ReadonlySet<string> = new Set(['Namespace', 'CustomResourceDefinition']);
