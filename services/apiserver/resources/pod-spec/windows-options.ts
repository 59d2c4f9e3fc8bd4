import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsSubdomain } from '../../registry/object-names.ts';
import { invalid } from '../../types/field-error.ts';

/** As whom a container runs on Windows. Source: core/validation, validateWindowsSecurityContextOptions. */

export interface WindowsOptions {
  gmsaCredentialSpecName?: string;
  gmsaCredentialSpec?: string;
  runAsUserName?: string;
  hostProcess?: boolean;
}

const MAX_SPEC_KIB = 64;

export function validateWindowsOptions(options: WindowsOptions | undefined, field: string): StatusCause[] {
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options ?? {};
  return [
    ...(name === undefined ? [] : causesOf(`${field}.gmsaCredentialSpecName`, name, isDnsSubdomain(name))),
    ...(spec === undefined ? [] : causesOf(`${field}.gmsaCredentialSpec`, spec, specTexts(spec))),
    ...(user === undefined ? [] : userTexts(user).map((text) => invalid(`${field}.runAsUserName`, user, text))),
  ];
}

function specTexts(spec: string): string[] {
  if (spec === '') return ['gmsaCredentialSpec cannot be an empty string'];
  const isLong = Buffer.byteLength(spec) > MAX_SPEC_KIB * 1024;
  return isLong ? [`gmsaCredentialSpec size must be under ${MAX_SPEC_KIB} KiB`] : [];
}

const MAX_DOMAIN = 256;
const MAX_USER = 104;
const NET_BIOS = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const DNS_LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const DNS_DOMAIN = new RegExp(`^${DNS_LABEL}(?:\\.${DNS_LABEL})*$`);
/** Of ASCII. */
const isControl = (character: string): boolean => character < ' ' || character === '\x7f';

/** `DOMAIN\USER`, or a user alone. */
function userTexts(text: string): string[] {
  const of = (what: string): string => `runAsUserName${what}`;
  if (text === '') return [of(' cannot be an empty string')];
  if ([...text].some(isControl)) return [of(' cannot contain control characters')];
  const parts = text.split('\\');
  if (parts.length > 2) return [of(' cannot contain more than one backslash')];
  const user = parts.at(-1) ?? '';
  const domain = parts.length === 2 ? parts[0] : undefined;
  const isFine = domain === undefined || NET_BIOS.test(domain) || DNS_DOMAIN.test(domain);
  return [
    ...(domain && domain.length >= MAX_DOMAIN ? [of(`'s Domain length must be under ${MAX_DOMAIN} characters`)] : []),
    ...(isFine ? [] : [of("'s Domain doesn't match the NetBios nor the DNS format")]),
    ...(user === '' ? [of("'s User cannot be empty")] : []),
    ...(user.length > MAX_USER ? [of(`'s User length must not be longer than ${MAX_USER} characters`)] : []),
    ...(/^[. ]+$/.test(user) ? [of("'s User cannot contain only periods or spaces")] : []),
    ...(/["/\\:;|=,+*?<>@[\]]/.test(user)
      ? [of(`'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]`)]
      : []),
  ];
}
