import type { Unstructured } from '../../../shared/apis/meta/v1.ts';
import type { Strategy } from '../registry/strategy.ts';

/** ServiceAccounts. Source: registry/core/serviceaccount. */

const ENFORCED = 'kubernetes.io/enforce-mountable-secrets';
const ENFORCED_TEXT = `metadata.annotations[${ENFORCED}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`;

const isEnforced = ({ metadata }: Unstructured): boolean => metadata.annotations?.[ENFORCED] !== undefined;

export const serviceAccountStrategy: Strategy = {
  returnsDeletedObject: true,
  prepareForCreate: (object) => nameSecrets(object),
  prepareForUpdate: (object) => nameSecrets(object),
  warningsOf: (object, old) => (isEnforced(object) && !(old && isEnforced(old)) ? [ENFORCED_TEXT] : []),
};

/** Nothing else is kept of what an account refers to. */
function nameSecrets(object: Unstructured): void {
  const secrets = object['secrets'] as { name?: string }[] | null | undefined;
  if (secrets) object['secrets'] = secrets.map(({ name }) => (name ? { name } : {}));
}
