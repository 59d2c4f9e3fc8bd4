import { isDeepStrictEqual } from 'node:util';
import type { StatusCause, Unstructured } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsSubdomain } from '../../registry/object-names.ts';
import type { Strategy } from '../../registry/strategy.ts';
import { ALL_FIXED } from '../../registry/subresource-rules.ts';
import { forbidden, invalid, required, tooLong } from '../../types/field-error.ts';
import { validateDriverName } from './drivers.ts';
import type { VolumeSpec } from './volume-spec.ts';
import { validateInlineVolume } from './volumes.ts';

/** VolumeAttachments. Nothing here attaches. Source: storage/validation, registry/storage/volumeattachment. */

interface AttachmentSpec {
  attacher?: string;
  nodeName?: string;
  source?: { persistentVolumeName?: string; inlineVolumeSpec?: VolumeSpec };
}

interface VolumeError {
  message?: string;
  errorCode?: number;
}

interface AttachmentStatus {
  attachmentMetadata?: Record<string, string>;
  attachError?: VolumeError;
  detachError?: VolumeError;
}

const specOf = (object: Unstructured): AttachmentSpec => (object['spec'] ?? {}) as AttachmentSpec;
const statusOf = (object: Unstructured): AttachmentStatus => (object['status'] ?? {}) as AttachmentStatus;

export const attachmentStrategy: Strategy = {
  returnsDeletedObject: true,
  allowsUnconditionalUpdate: false,
  fixedInStatus: ALL_FIXED,
  validate: (object) => [...validateSpec(specOf(object)), ...validateStatus(statusOf(object))],
  validateUpdate: (object, old) =>
    isDeepStrictEqual(specOf(object), specOf(old)) ? [] : [invalid('spec', specOf(object), 'field is immutable')],
  validateSubresource: (object) => [...validateSpec(specOf(object)), ...validateStatus(statusOf(object))],
};

function validateSpec({ attacher, nodeName = '', source = {} }: AttachmentSpec): StatusCause[] {
  const { persistentVolumeName: name } = source;
  const field = 'spec.source.persistentVolumeName';
  return [
    ...validateDriverName(attacher, 'spec.attacher'),
    ...validateSource(source, 'spec.source'),
    ...causesOf('spec.nodeName', nodeName, isDnsSubdomain(nodeName)),
    ...(name === undefined ? [] : causesOf(field, name, isDnsSubdomain(name))),
  ];
}

function validateSource(source: NonNullable<AttachmentSpec['source']>, field: string): StatusCause[] {
  const { persistentVolumeName: name, inlineVolumeSpec: inline } = source;
  const one = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';
  if (name !== undefined && inline) return [forbidden(field, one)];
  if (inline) return validateInlineVolume(inline, `${field}.inlineVolumeSpec`);
  if (name === undefined) return [required(field, one)];
  const at = `${field}.persistentVolumeName`;
  return name === '' ? [required(at, 'must specify non empty persistentVolumeName')] : [];
}

const MAX_METADATA = 256 << 10;
const MAX_MESSAGE = 1024;

function validateStatus({ attachmentMetadata = {}, attachError, detachError }: AttachmentStatus): StatusCause[] {
  const bytes = Object.entries(attachmentMetadata).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  return [
    ...(bytes > MAX_METADATA ? [tooLong('status.attachmentMetadata', MAX_METADATA)] : []),
    ...validateError(attachError, 'status.attachError'),
    ...validateError(detachError, 'status.detachError'),
  ];
}

/** Of a message that is too long upstream tells another limit. */
function validateError({ message = '', errorCode = 0 }: VolumeError = {}, field: string): StatusCause[] {
  const text = 'must be between 0 and 2147483647, inclusive';
  return [
    ...(Buffer.byteLength(message) > MAX_MESSAGE ? [tooLong(`${field}.message`, MAX_METADATA)] : []),
    ...(errorCode < 0 ? [invalid(`${field}.errorCode`, errorCode, text)] : []),
  ];
}
