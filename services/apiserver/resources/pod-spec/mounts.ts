import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { forbidden, invalid, notFound, notSupported, required } from '../../types/field-error.ts';
import { repeated } from '../repeated.ts';
import { mayBeOneOf, notEmpty } from './field-rules.ts';
import { validateDescendingPath, validateNoBacksteps } from './paths.ts';
import type { Volume } from './volumes.ts';

/** Where a container mounts the pod's volumes, or has them as block devices. */

export interface VolumeMount {
  name?: string;
  mountPath?: string;
  subPath?: string;
  subPathExpr?: string;
  readOnly?: boolean;
  recursiveReadOnly?: string;
  mountPropagation?: string;
}

export interface VolumeDevice {
  name?: string;
  devicePath?: string;
}

export interface Mounting {
  volumeMounts?: VolumeMount[];
  volumeDevices?: VolumeDevice[];
  securityContext?: { privileged?: boolean };
}

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None'];
const RECURSIVE = ['Disabled', 'Enabled', 'IfPossible'];

/** `volumes` are those of the pod that are valid, by name. */
export function validateMounts(container: Mounting, volumes: ReadonlyMap<string, Volume>, field: string) {
  const { volumeMounts: mounts = [], volumeDevices: devices = [] } = container;
  const ofMounts = placesOf(mounts.map(({ name, mountPath }) => ({ name, path: mountPath })));
  const ofDevices = placesOf(devices.map(({ name, devicePath }) => ({ name, path: devicePath })));
  return [
    ...mounts.flatMap((mount, index) =>
      validateMount(container, { mount, index, volumes, own: ofMounts, others: ofDevices }, `${field}.volumeMounts`),
    ),
    ...devices.flatMap((device, index) =>
      validateDevice({ device, index, volumes, own: ofDevices, others: ofMounts }, `${field}.volumeDevices`),
    ),
  ];
}

/** Of a list of mounts or of devices: what there is in it, and whether the items before one have its name or its path. */
interface Places {
  names: ReadonlySet<string | undefined>;
  paths: ReadonlySet<string | undefined>;
  hasNameAgain: readonly boolean[];
  hasPathAgain: readonly boolean[];
}

function placesOf(items: readonly { name: string | undefined; path: string | undefined }[]): Places {
  const [names, paths] = [items.map(({ name }) => name), items.map(({ path }) => path)];
  return {
    names: new Set(names),
    paths: new Set(paths),
    hasNameAgain: repeated(names),
    hasPathAgain: repeated(paths.map((path = '') => path)),
  };
}

interface ItemAt {
  index: number;
  volumes: ReadonlyMap<string, Volume>;
  /** The list that it is in, and the one of the other sort. */
  own: Places;
  others: Places;
}

/** Some of the paths in these messages lack the index, as upstream's. */
function validateMount(
  container: Mounting,
  { mount, index, volumes, own, others }: ItemAt & { mount: VolumeMount },
  list: string,
): StatusCause[] {
  const { name = '', mountPath = '', subPath = '', subPathExpr = '' } = mount;
  const field = `${list}[${index}]`;
  const exclusive = 'subPathExpr and subPath are mutually exclusive';
  return [
    ...notEmpty(`${field}.name`, name),
    ...(volumes.has(name) ? [] : [notFound(`${field}.name`, name)]),
    ...notEmpty(`${field}.mountPath`, mountPath),
    ...(own.hasPathAgain[index] ? [invalid(`${field}.mountPath`, mountPath, 'must be unique')] : []),
    ...(others.names.has(name) ? [invalid(`${field}.name`, name, 'must not already exist in volumeDevices')] : []),
    ...(others.paths.has(mountPath)
      ? [invalid(`${field}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices')]
      : []),
    ...(subPath === '' ? [] : validateDescendingPath(`${list}.subPath`, subPath)),
    ...(subPath !== '' && subPathExpr !== '' ? [invalid(`${field}.subPathExpr`, subPathExpr, exclusive)] : []),
    ...(subPathExpr === '' ? [] : validateDescendingPath(`${list}.subPathExpr`, subPathExpr)),
    ...validatePropagation(container, mount, `${list}.mountPropagation`),
    ...validateRecursion(mount, `${list}.recursiveReadOnly`),
  ];
}

function validatePropagation(container: Mounting, { mountPropagation }: VolumeMount, field: string): StatusCause[] {
  const isAllowed = mountPropagation !== 'Bidirectional' || container.securityContext?.privileged === true;
  return [
    ...mayBeOneOf(field, mountPropagation, PROPAGATIONS),
    ...(isAllowed
      ? []
      : [forbidden(field, 'Bidirectional mount propagation is available only to privileged containers')]),
  ];
}

function validateRecursion(mount: VolumeMount, field: string): StatusCause[] {
  const { recursiveReadOnly: recursion, readOnly = false, mountPropagation = 'None' } = mount;
  if (recursion === undefined || recursion === 'Disabled') return [];
  if (!RECURSIVE.includes(recursion)) return [notSupported(field, recursion, RECURSIVE)];
  return [
    ...(readOnly ? [] : [forbidden(field, 'may only be specified when readOnly is true')]),
    ...(mountPropagation === 'None'
      ? []
      : [forbidden(field, 'may only be specified when mountPropagation is None or not specified')]),
  ];
}

const BLOCK_TEXT = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode';

function validateDevice(
  { device, index, volumes, own, others }: ItemAt & { device: VolumeDevice },
  list: string,
): StatusCause[] {
  const { name = '', devicePath = '' } = device;
  const field = `${list}[${index}]`;
  const volume = volumes.get(name);
  const isBlock = volume?.persistentVolumeClaim !== undefined || volume?.ephemeral !== undefined;
  const at = (part: 'name' | 'devicePath', why: string): StatusCause =>
    invalid(`${field}.${part}`, part === 'name' ? name : devicePath, why);
  return [
    ...(name === '' ? [required(`${field}.name`)] : []),
    ...(name !== '' && own.hasNameAgain[index] ? [at('name', 'must be unique')] : []),
    ...(volume && !isBlock ? [at('name', BLOCK_TEXT)] : []),
    ...(volume ? [] : [notFound(`${field}.name`, name)]),
    ...(devicePath === '' ? [required(`${field}.devicePath`)] : []),
    ...(own.hasPathAgain[index] ? [at('devicePath', 'must be unique')] : []),
    ...(validateNoBacksteps('', devicePath).length > 0 ? [at('devicePath', "can not contain backsteps ('..')")] : []),
    ...(others.names.has(name) ? [at('name', 'must not already exist in volumeMounts')] : []),
    ...(others.paths.has(devicePath) ? [at('devicePath', 'must not already exist as a path in volumeMounts')] : []),
  ];
}
