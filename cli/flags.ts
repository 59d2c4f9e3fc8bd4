import { type Command, Option } from 'commander';
import { parseDuration } from '../shared/apis/duration.ts';
import type { Impersonation } from '../shared/client/transport-options.ts';
import { UsageError } from './usage-error.ts';

/** Flag types that several commands share, read as Kubernetes' command lines read them. */

/** `--kubeconfig` and `--karmada-context`: which hub. */
export function addHubFlags(command: Command): Command {
  return command
    .option('--kubeconfig <file>', 'kubeconfig of the hub (default: $KUBECONFIG, then ~/.kube/config)')
    .addOption(new Option('--karmada-context <name>', 'context of that kubeconfig to use (default: its current one)'))
    .addOption(new Option('--context <name>', 'the same as --karmada-context').hideHelp());
}

/** karmadactl's flags to act on the hub as somebody else. */
export function addImpersonationFlags(command: Command): Command {
  return command
    .option('--karmada-as <user>', 'user to act as on the hub: a user or a service account in a namespace')
    .option('--karmada-as-group <group>', 'group to act as on the hub; may be given several times', collectEach)
    .option('--karmada-as-uid <uid>', 'UID to act as on the hub');
}

/** Throws UsageError where groups or a UID come without a user: no server takes that. */
export function impersonationFlags(options: { karmadaAs?: string; karmadaAsGroup?: string[]; karmadaAsUid?: string }): {
  impersonate?: Impersonation;
} {
  const { karmadaAs: user, karmadaAsGroup: groups, karmadaAsUid: uid } = options;
  if (user) return { impersonate: { user, ...(groups ? { groups } : {}), ...(uid ? { uid } : {}) } };
  if (groups ?? uid) throw new UsageError('--karmada-as-group and --karmada-as-uid need --karmada-as');
  return {};
}

/** Commander gives `context` and `karmadaContext`; both mean the hub's context on commands that know no member. */
export function hubFlags(options: { kubeconfig?: string; karmadaContext?: string; context?: string }): {
  kubeconfig?: string;
  karmadaContext?: string;
} {
  const context = options.karmadaContext ?? options.context;
  return {
    ...(options.kubeconfig !== undefined ? { kubeconfig: options.kubeconfig } : {}),
    ...(context !== undefined ? { karmadaContext: context } : {}),
  };
}

/** A repeatable flag. */
export function collectEach(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

/** The same that also takes a comma-separated list. */
export function collectList(value: string, previous: string[] | undefined): string[] {
  const parts = value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  return [...(previous ?? []), ...parts];
}

/** A Go duration as milliseconds. */
function durationFlag(name: string): (text: string) => number {
  return (text) => {
    const ms = parseDuration(text);
    if (ms === undefined || ms < 0) {
      throw new UsageError(`invalid value "${text}" for ${name}: give a duration such as 30s, 5m or 24h`);
    }
    return ms;
  };
}

/** An option whose value is milliseconds, and whose default is shown as it would be typed. */
export function durationOption(flags: string, description: string, fallback: string): Option {
  const option = new Option(flags, description);
  const parse = durationFlag(option.long ?? flags);
  return option.argParser(parse).default(parse(fallback), fallback);
}

export function integerFlag(name: string): (text: string) => number {
  return (text) => {
    if (!/^\d+$/.test(text)) throw new UsageError(`invalid value "${text}" for ${name}: give a whole number`);
    return Number(text);
  };
}

/** One value of a fixed set. */
export function choiceFlag<T extends string>(name: string, choices: readonly T[]): (text: string) => T {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) {
      throw new UsageError(`invalid value "${text}" for ${name}: must be one of ${choices.join(', ')}`);
    }
    return found;
  };
}

/** `true`, `false` or no value: boolean flags as Go's, so that `--dry-run=false` works. */
export function booleanFlag(name: string): (text: string) => boolean {
  return (text) => {
    if (text === 'true' || text === '1') return true;
    if (text === 'false' || text === '0') return false;
    throw new UsageError(`invalid value "${text}" for ${name}: must be true or false`);
  };
}

/** Where a hub is, as its argument says it. */
export function hostAndPort(hub: string): string {
  if (/^[a-z]+:\/\//.test(hub)) throw new UsageError(`invalid hub "${hub}": give HOST:PORT, without a scheme`);
  if (!/^(\[[0-9a-fA-F:.]+\]|[^:/]+):\d{1,5}$/.test(hub)) throw new UsageError(`invalid hub "${hub}": give HOST:PORT`);
  return hub;
}
