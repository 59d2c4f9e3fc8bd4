import type { LabelSelector, StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsSubdomain, isQualifiedName } from '../../registry/object-names.ts';
import { invalid, notSupported, required } from '../../types/field-error.ts';
import { validateSignerName } from '../signer-name.ts';
import { validateLabelSelector } from '../validate-label-selector.ts';
import { validateNonReservedPath } from './paths.ts';

/** Certificates that a volume is filled with: those to trust, and the pod's own. Source: core/validation, validateProjectionSources. */

export interface TrustBundle {
  name?: string;
  signerName?: string;
  labelSelector?: LabelSelector;
  path?: string;
}

export interface PodCertificate {
  signerName?: string;
  keyType?: string;
  maxExpirationSeconds?: number;
  credentialBundlePath?: string;
  keyPath?: string;
  certificateChainPath?: string;
  userAnnotations?: Record<string, string>;
}

export function validateTrustBundle(bundle: TrustBundle | undefined, field: string): StatusCause[] {
  if (!bundle) return [];
  const { path = '' } = bundle;
  return [
    ...validateChoice(bundle, field),
    ...(path === '' ? [required(`${field}.path`)] : validateNonReservedPath(`${field}.path`, path)),
  ];
}

function validateChoice(bundle: TrustBundle, field: string): StatusCause[] {
  const { name, signerName, labelSelector } = bundle;
  if (name !== undefined && signerName !== undefined)
    return [invalid(field, bundle, 'only one of name and signerName may be used')];
  if (name !== undefined) {
    const unset = 'labelSelector must be unset if name is specified';
    return [
      ...(name === '' ? [required(`${field}.name`, 'must be a valid object name')] : []),
      ...bundleNameTexts(name).map((why) =>
        invalid(`${field}.name`, name, `not a valid clustertrustbundlename: ${why}`),
      ),
      ...(labelSelector ? [invalid(`${field}.labelSelector`, labelSelector, unset)] : []),
    ];
  }
  if (signerName === undefined) return [required(field, 'either name or signerName must be specified')];
  return [
    ...(signerName === '' ? [required(`${field}.signerName`, 'must be a valid signer name')] : []),
    ...validateSignerName(signerName, `${field}.signerName`),
    ...validateLabelSelector(labelSelector, `${field}.labelSelector`),
  ];
}

/** A bundle of a signer begins with its name, with colons for slashes. */
function bundleNameTexts(name: string): string[] {
  const at = name.lastIndexOf(':');
  if (at < 0) return isDnsSubdomain(name);
  if (at === 0) return ['ClusterTrustBundle without signer name must not have ":" in its name'];
  return isDnsSubdomain(name.slice(at + 1));
}

const KEY_TYPES = ['RSA3072', 'RSA4096', 'ECDSAP256', 'ECDSAP384', 'ECDSAP521', 'ED25519'];
export const CERTIFICATE_PATHS = ['credentialBundlePath', 'keyPath', 'certificateChainPath'] as const;
const NO_PATH_TEXT = 'specify at least one of credentialBundlePath, keyPath, and certificateChainPath';

export function validatePodCertificate(certificate: PodCertificate | undefined, field: string): StatusCause[] {
  if (!certificate) return [];
  const { signerName = '', keyType = '', userAnnotations = {} } = certificate;
  const annotations = `${field}.userAnnotations`;
  const paths = CERTIFICATE_PATHS.filter((name) => certificate[name]);
  return [
    ...validateSignerName(signerName, `${field}.signerName`),
    ...Object.keys(userAnnotations).flatMap((key) => domainKeyCauses(key.toLowerCase(), annotations)),
    ...(KEY_TYPES.includes(keyType) ? [] : [notSupported(`${field}.keyType`, keyType, KEY_TYPES)]),
    ...validateSeconds(certificate, `${field}.maxExpirationSeconds`),
    ...paths.flatMap((name) => validateNonReservedPath(`${field}.${name}`, certificate[name] ?? '')),
    ...(paths.length === 0 ? [required(field, NO_PATH_TEXT)] : []),
  ];
}

function domainKeyCauses(key: string, field: string): StatusCause[] {
  if (key === '') return [required(field)];
  const texts = isQualifiedName(key);
  const single = key.includes('/') ? [] : ['must be a domain-prefixed key (such as "acme.io/foo")'];
  return causesOf(field, key, texts.length > 0 ? texts : single);
}

const MIN_SECONDS = 3600;
const DAY = 86_400;
const MAX_SECONDS = 91 * DAY;

function validateSeconds(
  { signerName = '', maxExpirationSeconds: seconds }: PodCertificate,
  field: string,
): StatusCause[] {
  if (seconds === undefined) return [];
  const isOwn = /^([^/]*\.)?kubernetes\.io\//.test(signerName);
  const max = isOwn ? DAY : MAX_SECONDS;
  const text = (limit: string): string => `if provided, maxExpirationSeconds must be ${limit}`;
  return [
    ...(seconds < MIN_SECONDS ? [invalid(field, seconds, text(`>= ${MIN_SECONDS}`))] : []),
    ...(seconds > max ? [invalid(field, seconds, text(`<= ${max}`))] : []),
  ];
}
