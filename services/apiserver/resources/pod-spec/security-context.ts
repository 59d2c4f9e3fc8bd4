import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { duplicate, invalid, notSupported, required } from '../../types/field-error.ts';
import { repeated } from '../repeated.ts';
import { mayBeOneOf, validateId } from './field-rules.ts';
import { validateDescendingPath } from './paths.ts';
import { validateWindowsOptions, type WindowsOptions } from './windows-options.ts';

/** As whom containers run, and what holds them back. Whether they may be privileged at all is for the cluster that runs them. */

interface Profile {
  type?: string;
  localhostProfile?: string;
}

export interface SecurityContext {
  privileged?: boolean;
  runAsUser?: number;
  runAsGroup?: number;
  procMount?: string;
  allowPrivilegeEscalation?: boolean;
  capabilities?: { add?: string[] };
  seccompProfile?: Profile;
  appArmorProfile?: Profile;
  windowsOptions?: WindowsOptions;
}

export interface PodSecurityContext {
  runAsUser?: number;
  runAsGroup?: number;
  fsGroup?: number;
  supplementalGroups?: number[];
  supplementalGroupsPolicy?: string;
  fsGroupChangePolicy?: string;
  seLinuxChangePolicy?: string;
  sysctls?: { name?: string }[];
  seccompProfile?: Profile;
  appArmorProfile?: Profile;
  windowsOptions?: WindowsOptions;
}

const PROFILES = ['Localhost', 'RuntimeDefault', 'Unconfined'];

export function validateSecurityContext(
  context: SecurityContext,
  field: string,
  { hasHostUsers }: { hasHostUsers: boolean },
): StatusCause[] {
  const { procMount } = context;
  const unmasked = '`hostUsers` must be false to use `Unmasked`';
  return [
    ...validateId(`${field}.runAsUser`, context.runAsUser),
    ...validateId(`${field}.runAsGroup`, context.runAsGroup),
    ...mayBeOneOf(`${field}.procMount`, procMount, ['Default', 'Unmasked']),
    ...(hasHostUsers && procMount === 'Unmasked' ? [invalid(`${field}.procMount`, procMount, unmasked)] : []),
    ...validateSeccomp(context.seccompProfile, `${field}.seccompProfile`),
    ...validateEscalation(context, field),
    ...validateWindowsOptions(context.windowsOptions, `${field}.windowsOptions`),
    ...validateAppArmor(context.appArmorProfile, `${field}.appArmorProfile`),
  ];
}

function validateEscalation(context: SecurityContext, field: string): StatusCause[] {
  if (context.allowPrivilegeEscalation !== false) return [];
  const why = 'cannot set `allowPrivilegeEscalation` to false and';
  const isAdmin = context.capabilities?.add?.includes('CAP_SYS_ADMIN');
  return [
    ...(context.privileged ? [invalid(field, shownContext(context), `${why} \`privileged\` to true`)] : []),
    ...(isAdmin ? [invalid(field, shownContext(context), `${why} \`capabilities.Add\` CAP_SYS_ADMIN`)] : []),
  ];
}

/** In the words of Go's struct. */
function shownContext(context: SecurityContext): object {
  const { capabilities, privileged = null, allowPrivilegeEscalation = null } = context;
  return {
    Capabilities: capabilities ? { Add: capabilities.add ?? null, Drop: null } : null,
    Privileged: privileged,
    SELinuxOptions: null,
    WindowsOptions: null,
    RunAsUser: context.runAsUser ?? null,
    RunAsGroup: context.runAsGroup ?? null,
    RunAsNonRoot: null,
    ReadOnlyRootFilesystem: null,
    AllowPrivilegeEscalation: allowPrivilegeEscalation,
    ProcMount: context.procMount ?? null,
    SeccompProfile: null,
    AppArmorProfile: null,
  };
}

function validateSeccomp(profile: Profile | undefined, field: string): StatusCause[] {
  if (!profile) return [];
  const { type = '', localhostProfile: local } = profile;
  return [...validateProfileType(type, field, 'seccompProfile'), ...validateLocalSeccomp(type, local, field)];
}

function validateProfileType(type: string, field: string, name: string): StatusCause[] {
  if (type === '') return [required(`${field}.type`, `type is required when ${name} is set`)];
  return PROFILES.includes(type) ? [] : [notSupported(`${field}.type`, type, PROFILES)];
}

function validateLocalSeccomp(type: string, local: string | undefined, field: string): StatusCause[] {
  const place = `${field}.localhostProfile`;
  if (type === 'Localhost') {
    if (local === undefined) return [required(place, 'must be set when seccomp type is Localhost')];
    return validateDescendingPath(place, local);
  }
  if (local === undefined) return [];
  return [invalid(place, { Type: type, LocalhostProfile: local }, 'can only be set when seccomp type is Localhost')];
}

function validateAppArmor(profile: Profile | undefined, field: string): StatusCause[] {
  if (!profile) return [];
  const { type = '', localhostProfile: local } = profile;
  const place = `${field}.localhostProfile`;
  if (type !== 'Localhost') {
    const isMisplaced = local !== undefined && PROFILES.includes(type);
    return [
      ...validateProfileType(type, field, 'appArmorProfile'),
      ...(isMisplaced ? [invalid(place, local, 'can only be set when AppArmor type is Localhost')] : []),
    ];
  }
  if (!local) return [required(place, 'must be set when AppArmor type is Localhost')];
  return local.trim() === local ? [] : [invalid(place, local, 'must not be padded with whitespace')];
}

/** What besides stands in the pod's own context: switches of the spec that contradict each other. */
export interface HostAccess {
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  shareProcessNamespace?: boolean;
}

export function validatePodSecurityContext(
  context: PodSecurityContext,
  access: HostAccess,
  field: string,
): StatusCause[] {
  const { supplementalGroups = [], sysctls = [] } = context;
  const isShared = access.hostPID && access.shareProcessNamespace;
  const isAgain = repeated(sysctls.map(({ name }) => name));
  const shared = 'ShareProcessNamespace and HostPID cannot both be enabled';
  return [
    ...validateId(`${field}.fsGroup`, context.fsGroup),
    ...validateId(`${field}.runAsUser`, context.runAsUser),
    ...validateId(`${field}.runAsGroup`, context.runAsGroup),
    ...supplementalGroups.flatMap((id, index) => validateId(`${field}.supplementalGroups[${index}]`, id)),
    ...(isShared ? [invalid(`${field}.shareProcessNamespace`, true, shared)] : []),
    ...sysctls.flatMap(({ name = '' }, index) =>
      validateSysctl(name, `${field}.sysctls[${index}].name`, {
        access,
        isAgain: isAgain[index] === true,
      }),
    ),
    ...mayBeOneOf(`${field}.fsGroupChangePolicy`, context.fsGroupChangePolicy, ['Always', 'OnRootMismatch']),
    ...validateSeccomp(context.seccompProfile, `${field}.seccompProfile`),
    ...validateWindowsOptions(context.windowsOptions, `${field}.windowsOptions`),
    ...validateAppArmor(context.appArmorProfile, `${field}.appArmorProfile`),
    ...mayBeOneOf(`${field}.supplementalGroupsPolicy`, context.supplementalGroupsPolicy, ['Merge', 'Strict']),
    ...mayBeOneOf(`${field}.seLinuxChangePolicy`, context.seLinuxChangePolicy, ['Recursive']),
  ];
}

const SYSCTL = /^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/;
const SYSCTL_TEXT =
  'must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';

function validateSysctl(
  name: string,
  field: string,
  { access, isAgain }: { access: HostAccess; isAgain: boolean },
): StatusCause[] {
  const isNet = access.hostNetwork && /^net[./]/.test(name);
  const isIpc = access.hostIPC && /^(kernel[./](shm|msg|sem)|fs[./]mqueue[./])/.test(name);
  return [
    ...(name === ''
      ? [required(field)]
      : name.length > 253 || !SYSCTL.test(name)
        ? [invalid(field, name, SYSCTL_TEXT)]
        : isAgain
          ? [duplicate(field, name)]
          : []),
    ...(isNet ? [invalid(field, name, "may not be specified when 'hostNetwork' is true")] : []),
    ...(isIpc && !isNet ? [invalid(field, name, "may not be specified when 'hostIPC' is true")] : []),
  ];
}
