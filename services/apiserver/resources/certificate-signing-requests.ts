import { isDeepStrictEqual } from 'node:util';
import type { CertificateSigningRequest } from '../../../shared/apis/certificates/v1.ts';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { isPathSegment } from '../registry/object-names.ts';
import { timestamp } from '../registry/registry.ts';
import type { Strategy } from '../registry/strategy.ts';
import { statusAndMetadata } from '../registry/subresource-rules.ts';
import { forbidden, invalid, notSupported, required } from '../types/field-error.ts';
import { validateSignerName } from './signer-name.ts';

/** A CSR says who made it, and can't be changed: `approval` writes only the decision, `status` only the certificate and failures. */

type Csr = CertificateSigningRequest;
type Condition = NonNullable<NonNullable<Csr['status']>['conditions']>[number];

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
  validate: (object) => validateSpec(csr(object).spec),
  subresources: {
    approval(object, old, { nowMs }) {
      const asked = conditionsOf(object);
      statusAndMetadata(object, old);
      const kept = conditionsOf(old).filter((condition) => !isDecision(condition));
      const decided = asked.filter(isDecision);
      const conditions = stamped([...kept, ...decided], old, nowMs);
      const { conditions: _before, ...rest } = { ...csr(old).status };
      object['status'] = { ...rest, ...(conditions.length > 0 ? { conditions } : {}) };
    },
    status(object, old, { nowMs }) {
      statusAndMetadata(object, old);
      const conditions = conditionsOf(object);
      if (conditions.length > 0)
        object['status'] = { ...csr(object).status, conditions: stamped(conditions, old, nowMs) };
    },
  },
  validateSubresource(object, old, subresource) {
    const { certificate } = csr(old).status ?? {};
    const decisions = conditionsOf(object).filter(isDecision);
    const removed = conditionsOf(old).filter(
      (one) => isDecision(one) && !decisions.some(({ type }) => type === one.type),
    );
    return [
      ...certificateCauses(csr(object).status?.certificate),
      ...(certificate && certificate !== csr(object).status?.certificate
        ? [forbidden('status.certificate', 'updates may not set a certificate when one is already set')]
        : []),
      ...removed.map(({ type }) =>
        forbidden('status.conditions', `updates may not remove a condition of type ${JSON.stringify(type)}`),
      ),
      ...(subresource === 'status' ? addedDecisions(decisions, old) : []),
      ...(decisions.length > 1
        ? [invalid('status.conditions', 'Approved', 'Approved and Denied conditions are mutually exclusive')]
        : []),
    ];
  },
};

/** Only `approval` decides. */
function addedDecisions(decisions: Condition[], old: Unstructured): StatusCause[] {
  const added = decisions.filter(({ type }) => !conditionsOf(old).some((one) => one.type === type));
  return added.map(({ type }) =>
    forbidden('status.conditions', `updates may not add a condition of type ${JSON.stringify(type)}`),
  );
}

function certificateCauses(certificate: string | undefined): StatusCause[] {
  const pem = Buffer.from(certificate ?? '', 'base64').toString();
  const isFine = !certificate || pem.includes('-----BEGIN CERTIFICATE-----');
  const text = 'must contain at least one CERTIFICATE PEM block';
  return isFine ? [] : [invalid('status.certificate', '<certificate data>', text)];
}

function csr(object: Unstructured): Partial<Csr> {
  return object as Partial<Csr>;
}

const conditionsOf = (object: Unstructured): Condition[] => csr(object).status?.conditions ?? [];

const isDecision = ({ type }: Condition): boolean => type === 'Approved' || type === 'Denied';

/** New conditions get the time; known ones keep theirs while their status stays. */
function stamped(conditions: Condition[], old: Unstructured, nowMs: number): Condition[] {
  const now = timestamp(nowMs);
  return conditions.map((condition) => {
    const before = conditionsOf(old).find(({ type }) => type === condition.type);
    if (before && isDeepStrictEqual(before, condition)) return condition;
    const isSame = before?.status === condition.status;
    return {
      ...condition,
      status: condition.status ?? 'True',
      lastUpdateTime: condition.lastUpdateTime ?? now,
      lastTransitionTime: condition.lastTransitionTime ?? (isSame ? before?.lastTransitionTime : undefined) ?? now,
    };
  });
}

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

function validateSpec(spec: Csr['spec'] | undefined): StatusCause[] {
  const pem = Buffer.from(spec?.request ?? '', 'base64').toString();
  const { signerName = '', usages = [] } = spec ?? {};
  return [
    ...(pem.includes('BEGIN CERTIFICATE REQUEST')
      ? []
      : [invalid('spec.request', spec?.request ?? null, 'PEM block type must be CERTIFICATE REQUEST')]),
    ...(usages.length > 0 ? [] : [required('spec.usages')]),
    ...usages.flatMap((usage, index) =>
      USAGES.includes(usage) ? [] : [notSupported(`spec.usages[${index}]`, usage, USAGES)],
    ),
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
