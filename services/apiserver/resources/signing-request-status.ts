import { isDeepStrictEqual } from 'node:util';
import type { CertificateSigningRequest } from '../../../shared/apis/certificates/v1.ts';
import type { StatusCause, Unstructured } from '../../../shared/apis/meta/v1.ts';
import { readCertificate } from '../../../shared/pki/certificate-info.ts';
import { pemBlocks } from '../../../shared/pki/pem.ts';
import { timestamp } from '../registry/registry.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../types/field-error.ts';
import { repeated, together } from './repeated.ts';

/** What is decided and told of a CSR: its conditions and its certificate. Source: certificates/validation, registry/certificates/certificates. */

type Status = NonNullable<CertificateSigningRequest['status']>;
type Condition = Partial<Omit<NonNullable<Status['conditions']>[number], 'type' | 'status'>> & {
  type?: string;
  status?: string;
};

const statusOf = (object: Unstructured): Partial<Status> => (object['status'] ?? {}) as Partial<Status>;
export const conditionsOf = (object: Unstructured): Condition[] => statusOf(object).conditions ?? [];
const ofType = (object: Unstructured, type: string): Condition[] =>
  conditionsOf(object).filter((one) => (one.type ?? '') === type);

const DECISIONS = ['Approved', 'Denied'];
/** What is only ever true. */
const FINAL = [...DECISIONS, 'Failed'];

/** A condition that does not say when gets the time; one whose status stays keeps when it came to be. */
export function stamped(conditions: Condition[], old: Unstructured, nowMs: number): Condition[] {
  const now = timestamp(nowMs);
  const before = transitionsOf(old);
  return conditions.map((condition) => ({
    ...condition,
    lastUpdateTime: condition.lastUpdateTime || now,
    lastTransitionTime: condition.lastTransitionTime || before.get(together(condition.type, condition.status)) || now,
  }));
}

/** When each status of each type came to be, by the first condition that says so. */
function transitionsOf(object: Unstructured): Map<string, string> {
  const times = new Map<string, string>();
  for (const { type, status, lastTransitionTime: time } of conditionsOf(object)) {
    const key = together(type, status);
    if (time && !times.has(key)) times.set(key, time);
  }
  return times;
}

/** Who writes the status hands decisions on as they are; as many as there were are taken for those. */
export function withDecisionsOf(conditions: readonly Condition[], old: Unstructured): Condition[] {
  return DECISIONS.reduce<readonly Condition[]>((all, type) => {
    const before = ofType(old, type);
    const isSame = all.filter((one) => one.type === type).length === before.length;
    let at = 0;
    return isSame ? all.map((one) => (one.type === type ? (before[at++] as Condition) : one)) : all;
  }, conditions).slice();
}

export function validateSigningStatus(object: Unstructured, old: Unstructured, subresource: string): StatusCause[] {
  return [
    ...conditionCauses(object, old),
    ...certificateCauses(statusOf(object).certificate, statusOf(old).certificate),
    ...FINAL.flatMap((type) =>
      ofType(object, type).length < ofType(old, type).length ? [refused('remove', type)] : [],
    ),
    ...(subresource === 'status' ? DECISIONS.flatMap((type) => decisionCauses(type, object, old)) : []),
  ];
}

const CONDITIONS = 'status.conditions';
const refused = (what: string, type: string): StatusCause =>
  forbidden(CONDITIONS, `updates may not ${what} a condition of type ${JSON.stringify(type)}`);

/** Only `approval` decides. */
function decisionCauses(type: string, object: Unstructured, old: Unstructured): StatusCause[] {
  const [next, before] = [ofType(object, type), ofType(old, type)];
  return next.length > before.length ? [refused('add', type)] : [];
}

/** What was wrong before may stay so. */
function conditionCauses(object: Unstructured, old: Unstructured): StatusCause[] {
  const [types, before] = [object, old].map((one) => conditionsOf(one).map(({ type = '' }) => type)) as [
    string[],
    string[],
  ];
  const mayRepeat = repeated(before).includes(true);
  const [isAgain, mayBeEmpty] = [repeated(types), before.includes('')];
  const isBoth = DECISIONS.every((type) => types.includes(type)) && !DECISIONS.every((type) => before.includes(type));
  const exclusive = 'Approved and Denied conditions are mutually exclusive';
  const last = types.findLast((type) => DECISIONS.includes(type));
  return [
    ...conditionsOf(object).flatMap(({ status = '' }, index) => [
      ...(types[index] === '' && !mayBeEmpty ? [required(`${CONDITIONS}[${index}].type`)] : []),
      ...statusCauses(types[index] ?? '', status, `${CONDITIONS}[${index}].status`),
      ...(isAgain[index] && !mayRepeat ? [duplicate(`${CONDITIONS}[${index}].type`, types[index])] : []),
    ]),
    ...(isBoth ? [invalid(CONDITIONS, last, exclusive)] : []),
  ];
}

function statusCauses(type: string, status: string, field: string): StatusCause[] {
  const allowed = FINAL.includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
  if (status === '') return [required(field)];
  return allowed.includes(status) ? [] : [notSupported(field, status, allowed)];
}

function certificateCauses(certificate = '', before = ''): StatusCause[] {
  const field = 'status.certificate';
  const [bytes, old] = [Buffer.from(certificate, 'base64'), Buffer.from(before, 'base64')];
  const isChanged = !isDeepStrictEqual(bytes, old);
  const why = bytes.length > 0 && isChanged ? refusalOf(bytes.toString('latin1')) : undefined;
  return [
    ...(why ? [invalid(field, '<certificate data>', why)] : []),
    ...(isChanged && old.length > 0 ? [forbidden(field, 'updates may not modify existing certificate content')] : []),
  ];
}

const LABELS = /-----BEGIN ([^-\n]+)-----/g;

function refusalOf(pem: string): string | undefined {
  const other = [...pem.matchAll(LABELS)].find(([, label]) => label !== 'CERTIFICATE');
  if (other) return `only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(other[1])}`;
  const blocks = pemBlocks(pem, 'CERTIFICATE');
  if (blocks.length === 0) return 'must contain at least one CERTIFICATE PEM block';
  return blocks.every(isCertificate) ? undefined : 'x509: malformed certificate';
}

function isCertificate(pem: string): boolean {
  try {
    readCertificate(pem);
    return true;
  } catch {
    return false;
  }
}
