import type { UserInfo } from '../../../shared/apis/user-info.ts';
import type { RequestInfo } from '../request.ts';
import type { Authorizer, Decision } from './authorizer.ts';

/** An agent asks the same few questions again and again: of each user so many answers are kept, for as long as the user's connection is. */
const ANSWERS = 16;

interface Answer {
  info: RequestInfo;
  decision: Decision;
}

/** The same authorizer, asked once for the same question of the same user until `onChange` says that rights have changed. */
export function rememberDecisions(authorize: Authorizer, onChange: (listener: () => void) => () => void): Authorizer {
  let answers = new WeakMap<UserInfo, Answer[]>();
  onChange(() => {
    answers = new WeakMap();
  });
  return (user, info) => {
    const known = answers.get(user) ?? [];
    for (const answer of known) if (isSameQuestion(answer.info, info)) return answer.decision;
    const decision = authorize(user, info);
    if (known.length === 0) answers.set(user, known);
    if (known.push({ info, decision }) > ANSWERS) known.shift();
    return decision;
  };
}

/** All that a rule can look at. */
function isSameQuestion(one: RequestInfo, other: RequestInfo): boolean {
  if (one.verb !== other.verb || one.isResource !== other.isResource) return false;
  if (!one.isResource) return one.path === other.path;
  return (
    one.name === other.name &&
    one.namespace === other.namespace &&
    one.resource === other.resource &&
    one.subresource === other.subresource &&
    one.group === other.group
  );
}
