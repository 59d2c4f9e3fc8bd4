import { groupVersionName, tagOf } from './operation-names.ts';
import { newRoutePath, type Route, type RoutePath } from './routes.ts';

/** What can be asked besides the resources: what there is, the version, and the keys of tokens. All for built-in groups: of the others the documents don't say it. */

const metaV1 = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const discoveryTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

type Told = Pick<Route, 'operationId' | 'tag'> & Partial<Pick<Route, 'consumes' | 'produces'>>;

function getPath(path: string, definition: string | undefined, told: Told): RoutePath {
  const consumes = discoveryTypes;
  const answers = [[200, definition] as const];
  return newRoutePath(path, [{ method: 'get', parameters: [], consumes, produces: consumes, answers, ...told }]);
}

export const coreVersionsPath = (): RoutePath =>
  getPath('/api/', `${metaV1}.APIVersions`, { operationId: 'getCoreAPIVersions', tag: 'core' });

export const groupsPath = (): RoutePath =>
  getPath('/apis/', `${metaV1}.APIGroupList`, { operationId: 'getAPIVersions', tag: 'apis' });

export function groupPath(group: string): RoutePath {
  const operationId = `get${groupVersionName(group)}APIGroup`;
  return getPath(`/apis/${group}/`, `${metaV1}.APIGroup`, { operationId, tag: tagOf(group) });
}

/** `base` is `/api/v1` or `/apis/<group>/<version>`. */
export function versionPath(base: string, group: string, version: string): RoutePath {
  const operationId = `get${groupVersionName(group, version)}APIResources`;
  return getPath(`${base}/`, `${metaV1}.APIResourceList`, { operationId, tag: tagOf(group, version) });
}

export function codeVersionPath(): RoutePath {
  const types = ['application/json'];
  const told = { operationId: 'getCodeVersion', tag: 'version', consumes: types, produces: types };
  return getPath('/version/', 'io.k8s.apimachinery.pkg.version.Info', told);
}

export function issuerConfigurationPath(): RoutePath {
  const operationId = 'getServiceAccountIssuerOpenIDConfiguration';
  const told = { operationId, tag: 'WellKnown', consumes: [], produces: ['application/json'] };
  return getPath('/.well-known/openid-configuration/', undefined, told);
}

export function issuerKeysPath(): RoutePath {
  const operationId = 'getServiceAccountIssuerOpenIDKeyset';
  const told = { operationId, tag: 'openid', consumes: [], produces: ['application/jwk-set+json'] };
  return getPath('/openid/v1/jwks/', undefined, told);
}
