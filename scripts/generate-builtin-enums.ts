/**
 * The values that a field of a built-in type may have, from the definitions that are compiled into kube-apiserver (`zz_generated.openapi.go`): the
 * published documents are written without them.
 */

/** By function and field, as in Go: `schema_k8sio_api_core_v1_Container imagePullPolicy`. */
export type GoEnums = ReadonlyMap<string, readonly string[]>;

const functionStart = /^func (schema_\w+)\(/;
/** A property of the definition itself; those of what is in it are definitions of their own. */
const propertyStart = /^\t{5}"([^"]+)": \{$/;
const values = /^\t+Enum: +\[\]interface\{\}\{(.*)\},$/;

export function readGoEnums(text: string): GoEnums {
  const enums = new Map<string, string[]>();
  let [definition, property] = ['', ''];
  for (const line of text.split('\n')) {
    definition = functionStart.exec(line)?.[1] ?? definition;
    property = propertyStart.exec(line)?.[1] ?? property;
    const list = values.exec(line)?.[1];
    if (list !== undefined) enums.set(`${definition} ${property}`, JSON.parse(`[${list}]`) as string[]);
  }
  return enums;
}

/** `io.k8s.api.core.v1.Pod` is `schema_k8sio_api_core_v1_Pod`, `io.k8s.apimachinery.pkg.version.Info` is `schema_apimachinery_pkg_version_Info` without its module. */
function functionOf(definition: string): string {
  const [, , module = '', ...rest] = definition.split('.');
  return ['schema', ...(module === 'api' ? ['k8sio', 'api'] : []), ...rest].join('_');
}

/** As the table writes it: separated by commas, with `_` for a space. Undefined: any value. Throws for a value that can't be written so. */
export function enumOf(enums: GoEnums, definition: string, field: string): string | undefined {
  const found = enums.get(`${functionOf(definition)} ${field}`);
  const odd = found?.find((value) => /[^\S ]|[,_]/.test(value));
  if (odd !== undefined)
    throw new Error(`${definition}.${field} may be ${JSON.stringify(odd)}, which the table can't say`);
  return found?.join(',').replaceAll(' ', '_');
}
