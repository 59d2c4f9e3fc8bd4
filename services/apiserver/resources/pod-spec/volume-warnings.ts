import { goQuoted } from '../../types/go-quoted.ts';
import { fractionWarning } from './fraction-warning.ts';
import type { KeyToPath, Projection } from './volume-files.ts';
import type { Volume } from './volumes.ts';

/** What is valid in a pod's volumes and probably not what was meant. Source: kubernetes, api/pod/warnings.go. */

const OLD_VOLUMES: readonly (readonly [string, string])[] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
];
const LATER_VOLUMES: typeof OLD_VOLUMES = [
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

export function volumeWarnings(volumes: readonly Volume[], field: string): string[] {
  const sorts = (volume: Volume, at: string, sorts: typeof OLD_VOLUMES): string[] =>
    sorts
      .filter(([sort]) => sort in volume)
      .map(([sort, text]) => `${at}.${sort.replace('storageos', 'storageOS')}: ${text}`);
  return [
    ...volumes.flatMap((volume, index) => {
      const at = `${field}[${index}]`;
      const claim = (volume.ephemeral as EphemeralSource | undefined)?.volumeClaimTemplate;
      return [
        ...sorts(volume, at, OLD_VOLUMES),
        ...(claim ? claimWarnings(claim.spec ?? {}, `${at}.ephemeral.volumeClaimTemplate.spec`) : []),
        ...sorts(volume, at, LATER_VOLUMES),
      ];
    }),
    ...volumes.flatMap(overlapWarnings),
  ];
}

interface EphemeralSource {
  volumeClaimTemplate?: { spec?: Claim };
}

interface Claim {
  resources?: { requests?: Record<string, unknown>; limits?: Record<string, unknown> };
}

/** Of what a claim asks for. */
export function claimWarnings({ resources = {} }: Claim, field: string): string[] {
  return (['requests', 'limits'] as const).flatMap((list) =>
    fractionWarning(resources[list]?.['storage'], `${field}.resources.${list}[storage]`),
  );
}

interface Filled {
  path: string;
  source: string;
}

const shown = ({ path, source }: Filled): string => (source === '' ? goQuoted(path) : `${goQuoted(path)} (${source})`);
const filled = (items: readonly KeyToPath[] | undefined, source: string): Filled[] =>
  (items ?? []).map(({ path = '' }) => ({ path, source }));

/** Of two files in one place only one can be seen, and a file can't be a folder too. */
function overlapWarnings(volume: Volume): string[] {
  const { name = '', configMap, secret, downwardAPI, projected } = volume;
  const warned = (sort: string, files: readonly Filled[]): string[] =>
    overlaps(files).map((text) => `volume ${goQuoted(name)} (${sort}): overlapping paths: ${text}`);
  return [
    ...warned(`ConfigMap ${goQuoted(configMap?.name ?? '')}`, filled(configMap?.items, '')),
    ...warned(`Secret ${goQuoted(secret?.secretName ?? '')}`, filled(secret?.items, '')),
    ...warned('DownwardAPI', filled(downwardAPI?.items, '')),
    ...(projected?.sources ?? [])
      .filter((source) => Object.keys(source).length === 0)
      .map(() => `volume ${goQuoted(name)} (Projected) has no sources provided`),
    ...warned('Projected', (projected?.sources ?? []).flatMap(projectedFiles)),
  ];
}

interface NamedParts {
  clusterTrustBundle?: { name?: string; signerName?: string; path?: string };
  podCertificate?: { certificateChainPath?: string; keyPath?: string; credentialBundlePath?: string };
}

function projectedFiles(source: Projection): Filled[] {
  const { configMap, secret, downwardAPI, serviceAccountToken: token } = source;
  const { clusterTrustBundle: bundle, podCertificate: certificate } = source as NamedParts;
  if (configMap?.items) return filled(configMap.items, `ConfigMap ${goQuoted(configMap.name ?? '')}`);
  if (secret?.items) return filled(secret.items, `Secret ${goQuoted(secret.name ?? '')}`);
  if (downwardAPI?.items) return filled(downwardAPI.items, 'DownwardAPI');
  if (token) return [{ path: token.path ?? '', source: 'ServiceAccountToken' }];
  if (bundle) {
    const who = goQuoted(bundle.name ?? bundle.signerName ?? '');
    return [{ path: bundle.path ?? '', source: `ClusterTrustBundle ${who}` }];
  }
  return [
    { path: certificate?.certificateChainPath ?? '', source: 'PodCertificate chain' },
    { path: certificate?.keyPath ?? '', source: 'PodCertificate key' },
    { path: certificate?.credentialBundlePath ?? '', source: 'PodCertificate credential bundle' },
  ].filter(({ path }) => path !== '');
}

/** Beyond these no header has room for more. */
const ENOUGH = 100;
/** To compare, of all pairs. */
const MAX_CHARACTERS = 5_000_000;

function overlaps(files: readonly Filled[]): string[] {
  const seen: Place[] = [];
  const texts: string[] = [];
  let characters = 0;
  for (const file of files) {
    const one = placeOf(file);
    for (const other of seen) {
      characters += Math.min(one.asFolder.length, other.asFolder.length);
      if (texts.length >= ENOUGH || characters > MAX_CHARACTERS) return texts;
      if (isWithin(one, other)) texts.push(`${shown(one)} with ${shown(other)}`);
    }
    seen.push(one);
  }
  return texts;
}

interface Place extends Filled {
  /** The path with a slash behind it, made once: paths may be long. */
  asFolder: string;
}

function placeOf({ path, source }: Filled): Place {
  const trimmed = path.replace(/(?<!\/)\/+$/, '');
  return { path: trimmed, source, asFolder: `${trimmed}/` };
}

const isWithin = (one: Place, other: Place): boolean =>
  one.path !== '' &&
  other.path !== '' &&
  (one.asFolder.startsWith(other.asFolder) || other.asFolder.startsWith(one.asFolder));
