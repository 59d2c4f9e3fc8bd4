import type { StatusCause } from '../../../../shared/apis/meta/v1.ts';
import { notSupported, required, tooMany } from '../../types/field-error.ts';
import type { Container } from './containers.ts';
import { mayBeOneOf } from './field-rules.ts';

/** When a container is started again, where that is its own matter. */

const POLICIES = ['Always', 'Never', 'OnFailure'];
const OPERATORS = ['In', 'NotIn'];
const ACTIONS = ['Restart', 'RestartAllContainers'];
const MAX_RULES = 20;
const MAX_CODES = 255;

export function validateRestart({ restartPolicy, restartPolicyRules: rules = [] }: Container, field: string) {
  const unset = 'must specify restartPolicy when restart rules are used';
  const list = `${field}.restartPolicyRules`;
  return [
    ...(restartPolicy === undefined && rules.length > 0 ? [required(`${field}.restartPolicy`, unset)] : []),
    ...mayBeOneOf(`${field}.restartPolicy`, restartPolicy, POLICIES),
    ...(rules.length > MAX_RULES ? [tooMany(list, rules.length, MAX_RULES)] : []),
    ...rules.flatMap((rule, index) => validateRule(rule, `${list}[${index}]`)),
  ];
}

type Rule = NonNullable<Container['restartPolicyRules']>[number];

function validateRule({ action = '', exitCodes }: Rule, field: string): StatusCause[] {
  const { operator = '', values = [] } = exitCodes ?? {};
  const codes = `${field}.exitCodes`;
  const actions = ACTIONS.includes(action) ? [] : [notSupported(`${field}.action`, action, ACTIONS)];
  if (!exitCodes) return [...actions, required(codes, 'must be specified')];
  return [
    ...actions,
    ...(OPERATORS.includes(operator) ? [] : [notSupported(`${codes}.operator`, operator, OPERATORS)]),
    ...(values.length > MAX_CODES ? [tooMany(`${codes}.values`, values.length, MAX_CODES)] : []),
  ];
}

const rulesOf = ({ restartPolicyRules }: Container): Rule[] => restartPolicyRules ?? [];

interface Restarting {
  containers?: Container[] | null;
  initContainers?: Container[] | null;
  restartPolicy?: string;
}

/** Whether the end of one container can be a new beginning for all. */
export const mayAllRestart = ({ containers, initContainers }: Restarting): boolean =>
  [...(containers ?? []), ...(initContainers ?? [])].some((container) =>
    rulesOf(container).some(({ action }) => action === 'RestartAllContainers'),
  );

/** Whether a container that has ended so is started again: by a rule of its own, its policy, or that of the pod. */
export function mayRestart(container: Container, pod: Restarting, exitCode: number): boolean {
  const isMatching = ({ exitCodes: { operator, values = [] } = {} }: Rule): boolean =>
    operator === 'In' ? values.includes(exitCode) : operator === 'NotIn' && !values.includes(exitCode);
  if (container.restartPolicy && rulesOf(container).some(isMatching)) return true;
  const policy = container.restartPolicy || pod.restartPolicy;
  return policy === 'OnFailure' ? exitCode !== 0 : policy !== 'Never';
}
