import { Command } from 'commander';
import type { Factory } from '../factory.ts';
import { newCertRenewCommand } from './cert-renew.ts';
import { newCertRevokeCommand } from './cert-revoke.ts';
import { newCertRotateCommand } from './cert-rotate.ts';
import { newCertStatusCommand } from './cert-status.ts';

/** `pullet cert …`: the certificates that agents show to the hub. */
export function newCertCommand(factory: Factory): Command {
  return new Command('cert')
    .description("Look at agents' certificates, renew them and take them back")
    .addCommand(newCertStatusCommand(factory))
    .addCommand(newCertRotateCommand(factory))
    .addCommand(newCertRenewCommand(factory))
    .addCommand(newCertRevokeCommand(factory));
}
