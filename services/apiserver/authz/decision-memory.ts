import type { UserInfo } from '../../../shared/apis/user-info.ts';
import type { RequestInfo } from '../request.ts';
import type { Authorizer, Decision } from './authorizer.ts';
import { subjectKeysOf } from './rbac-index.ts';
import type { RbacReader } from './rbac-reader.ts';

/** An agent asks the same few questions again and again: of each user so many answers are kept, for as long as the user's connection is. */
const ANSWERS = 16;

interface Answer {
  info: RequestInfo;
  decision: Decision;
}

interface Known {
  subjects: readonly string[];
  /** How many changes of rights there had been. */
  asOf: number;
  answers: Answer[];
}

/** Of more subjects it is not kept in mind which changed when: then everything is forgotten. */
const MOST_SUBJECTS = 20_000;

/**
 * The same authorizer, asked once for the same question of the same user until `onChange` says that the rights of one of the user's subjects may have changed.
 * What others may do does not matter: a cluster that joins changes rights six times, and thousands that are there go on asking.
 */
export function rememberDecisions(authorize: Authorizer, onChange: RbacReader['onChange']): Authorizer {
  let memory = new WeakMap<UserInfo, Known>();
  const lastChanges = new Map<string, number>();
  let changes = 0;
  const forgetAll = (): void => {
    memory = new WeakMap();
    lastChanges.clear();
  };
  onChange((subjects) => {
    if (subjects === 'everyone') return forgetAll();
    changes += 1;
    for (const subject of subjects) lastChanges.set(subject, changes);
    if (lastChanges.size > MOST_SUBJECTS) forgetAll();
  });
  const knownOf = (user: UserInfo): Known => {
    const known = memory.get(user);
    if (known?.subjects.every((subject) => (lastChanges.get(subject) ?? 0) <= known.asOf)) return known;
    const begun: Known = { subjects: subjectKeysOf(user), asOf: changes, answers: [] };
    memory.set(user, begun);
    return begun;
  };
  return (user, info) => {
    const { answers } = knownOf(user);
    for (const answer of answers) if (isSameQuestion(answer.info, info)) return answer.decision;
    const decision = authorize(user, info);
    if (answers.push({ info, decision }) > ANSWERS) answers.shift();
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
