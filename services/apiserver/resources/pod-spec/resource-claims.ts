import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { causesOf, isDnsLabel, isDnsSubdomain } from '../../registry/object-names.ts';
import { duplicate, invalid, required } from '../../types/field-error.ts';
import { repeated } from '../repeated.ts';

/** Which claims of devices a pod has, each by name or made of a template. Source: core/validation, validatePodResourceClaims. */

export interface PodClaim {
  name?: string;
  resourceClaimName?: string;
  resourceClaimTemplateName?: string;
}

const NAMES = ['resourceClaimName', 'resourceClaimTemplateName'] as const;

export function validatePodClaims(claims: readonly PodClaim[], field: string): StatusCause[] {
  const isAgain = repeated(claims.map(({ name }) => name));
  return claims.flatMap((claim, index) => {
    const at = `${field}[${index}]`;
    return [
      ...nameCauses(claim.name, `${at}.name`, { isAgain: isAgain[index] === true }),
      ...sourceCauses(claim, at),
      ...NAMES.flatMap((name) => {
        const value = claim[name];
        return value === undefined ? [] : causesOf(`${at}.${name}`, value, isDnsSubdomain(value));
      }),
    ];
  });
}

function nameCauses(name: string | undefined, field: string, { isAgain }: { isAgain: boolean }): StatusCause[] {
  if (!name) return [required(field)];
  return isAgain ? [duplicate(field, name)] : causesOf(field, name, isDnsLabel(name));
}

function sourceCauses(claim: PodClaim, field: string): StatusCause[] {
  const { name: Name = '', resourceClaimName = null, resourceClaimTemplateName = null } = claim;
  // As Go shows its struct.
  const shown = { Name, ResourceClaimName: resourceClaimName, ResourceClaimTemplateName: resourceClaimTemplateName };
  const set = NAMES.filter((name) => claim[name] !== undefined);
  const [one, two] = NAMES.map((name) => `\`${name}\``);
  if (set.length === 0) return [invalid(field, shown, `must specify one of: ${one}, ${two}`)];
  return set.length === 2 ? [invalid(field, shown, `at most one of ${one} or ${two} may be specified`)] : [];
}
