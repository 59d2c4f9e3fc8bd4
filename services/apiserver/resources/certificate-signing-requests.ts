import type { CertificateSigningRequest } from '../../../shared/apis/certificates/v1.ts';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { isPathSegment } from '../registry/object-names.ts';
import type { Strategy } from '../registry/strategy.ts';
import { statusAndMetadata } from '../registry/subresource-rules.ts';
import { duplicate, invalid, notSupported, required, tooLong } from '../types/field-error.ts';
import { repeated } from './repeated.ts';
import { validateSignerName } from './signer-name.ts';
import { conditionsOf, stamped, validateSigningStatus, withDecisionsOf } from './signing-request-status.ts';

/** A CSR says who made it, and can't be changed: `approval` writes only the decision, `status` only the certificate and failures. */

type Csr = CertificateSigningRequest;

export const certificateSigningRequestStrategy: Strategy = {
  nameRule: isPathSegment,
  prepareForCreate(object, { user }) {
    const { username: _u, uid: _i, groups: _g, extra: _e, ...spec } = csr(object).spec ?? {};
    object['spec'] = {
      ...spec,
      username: user.name,
      ...(user.uid ? { uid: user.uid } : {}),
      groups: user.groups,
      ...(user.extra ? { extra: user.extra } : {}),
    };
  },
  prepareForUpdate(object, old) {
    object['spec'] = structuredClone(old['spec']);
  },
  validateCreate: (object) =>
    isTooLong(object) ? [tooLong('spec.request', MAX_REQUEST_BYTES)] : validateSpec(csr(object).spec),
  validateUpdate: (object) => validateSpec(csr(object).spec, { isStored: true }),
  subresources: {
    approval(object, old, { nowMs }) {
      const conditions = stamped(conditionsOf(object), old, nowMs);
      statusAndMetadata(object, old);
      const { conditions: _before, ...rest } = { ...csr(old).status };
      object['status'] = { ...rest, ...(conditions.length > 0 ? { conditions } : {}) };
    },
    status(object, old, { nowMs }) {
      statusAndMetadata(object, old);
      const conditions = withDecisionsOf(conditionsOf(object), old);
      if (conditions.length > 0)
        object['status'] = { ...csr(object).status, conditions: stamped(conditions, old, nowMs) };
    },
  },
  validateSubresource: validateSigningStatus,
};

function csr(object: Unstructured): Partial<Csr> {
  return object as Partial<Csr>;
}

/** Decoded. Upstream has no such limit; whoever may ask for a certificate, as the holder of a token may, must not fill the store with texts. A request for the longest of keys has a tenth of it. */
const MAX_REQUEST_BYTES = 65_536;

const isTooLong = (object: Unstructured): boolean =>
  Buffer.byteLength(csr(object).spec?.request ?? '', 'base64') > MAX_REQUEST_BYTES;

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

/** Usages that were stored before they were looked at stay as they are: others can't take their place. */
function validateSpec(spec: Csr['spec'] | undefined, { isStored = false } = {}): StatusCause[] {
  const pem = Buffer.from(spec?.request ?? '', 'base64').toString();
  const { signerName = '', usages = [] } = spec ?? {};
  return [
    ...(pem.includes('BEGIN CERTIFICATE REQUEST')
      ? []
      : [invalid('spec.request', spec?.request ?? null, 'PEM block type must be CERTIFICATE REQUEST')]),
    ...(usages.length > 0 ? [] : [required('spec.usages')]),
    ...(isStored ? [] : usageCauses(usages)),
    ...validateSignerName(signerName, 'spec.signerName'),
    ...(spec?.expirationSeconds !== undefined && spec.expirationSeconds < 600
      ? [
          invalid(
            'spec.expirationSeconds',
            spec.expirationSeconds,
            'may not specify a duration less than 600 seconds (10 minutes)',
          ),
        ]
      : []),
  ];
}

function usageCauses(usages: readonly string[]): StatusCause[] {
  const isAgain = repeated(usages);
  return [
    ...usages.flatMap((usage, index) =>
      USAGES.includes(usage) ? [] : [notSupported(`spec.usages[${index}]`, usage, USAGES)],
    ),
    ...usages.flatMap((usage, index) => (isAgain[index] ? [duplicate(`spec.usages[${index}]`, usage)] : [])),
  ];
}
