import { EMBEDDED_API_MARK } from '../../../shared/apis/version.ts';
import { checkAcceptsOnly, checkRouteTakes } from '../registry/negotiation.ts';
import { newMethodNotAllowed } from '../registry/target.ts';
import type { Handler } from '../request.ts';

/** `version.Info` of apimachinery. */
export interface VersionInfo {
  major: string;
  minor: string;
  emulationMajor: string;
  emulationMinor: string;
  minCompatibilityMajor: string;
  minCompatibilityMinor: string;
  gitVersion: string;
  gitCommit: string;
  gitTreeState: string;
  buildDate: string;
  goVersion: string;
  compiler: string;
  platform: string;
}

/** The Kubernetes version whose API is served, with the product's own version behind the plus sign. */
export function newVersionInfo(product: { version: string; platform: string }): VersionInfo {
  return {
    major: '1',
    minor: '36',
    emulationMajor: '1',
    emulationMinor: '36',
    minCompatibilityMajor: '1',
    minCompatibilityMinor: '35',
    gitVersion: `v1.36.0${EMBEDDED_API_MARK}${product.version}`,
    gitCommit: '',
    gitTreeState: '',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: '',
    compiler: '',
    platform: product.platform,
  };
}

export function newVersionHandler(info: VersionInfo): Handler {
  const body = `${JSON.stringify(info, null, 2)}\n`;
  return async ({ request: { method, headers } }) => {
    if (method !== 'GET') throw newMethodNotAllowed();
    checkRouteTakes(headers['content-type'], ['application/json']);
    checkAcceptsOnly(headers['accept'], 'application/json');
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  };
}
