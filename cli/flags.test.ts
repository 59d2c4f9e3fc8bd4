import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { addImpersonationFlags, impersonationFlags } from './flags.ts';
import { UsageError } from './usage-error.ts';

const parse = (...args: string[]) =>
  impersonationFlags(addImpersonationFlags(new Command()).parse(args, { from: 'user' }).opts());

describe('--karmada-as', () => {
  test.each<[string, string[], ReturnType<typeof parse>]>([
    ['absent', [], {}],
    ['a user', ['--karmada-as=u'], { impersonate: { user: 'u' } }],
    [
      'with groups, commas and all, and a UID',
      ['--karmada-as', 'u', '--karmada-as-group', 'a', '--karmada-as-group', 'b,c', '--karmada-as-uid', '1'],
      { impersonate: { user: 'u', groups: ['a', 'b,c'], uid: '1' } },
    ],
  ])('%s', (_what, args, expected) => expect(parse(...args)).toEqual(expected));

  test.each(['--karmada-as-group=g', '--karmada-as-uid=1'])('missing beside %s is an error', (arg) => {
    expect(() => parse(arg)).toThrow(UsageError);
  });
});
