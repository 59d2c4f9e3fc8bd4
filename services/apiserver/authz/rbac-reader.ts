import type { PolicyRule, RoleRef, Subject } from '../../../shared/apis/rbac/v1.ts';
import type { UserInfo } from '../../../shared/apis/user-info.ts';

/** The roles and bindings that are in force at this moment. */
export interface RbacReader {
  /** Undefined: there is no such role. `namespace` is empty for ClusterRoles. */
  rulesOf(namespace: string, name: string): readonly PolicyRule[] | undefined;
  /** The RoleBindings of the namespace, or the ClusterRoleBindings if it is empty, that have the user among their subjects; ordered by name. */
  bindingsOf(namespace: string, user: UserInfo): AppliedBinding[];
  /** Called after any change of a role or binding. The result ends it. */
  onChange(listener: (subjects: ChangedSubjects) => void): () => void;
}

/** Whose rights may be others now, as `subjectKeysOf` has them. */
export type ChangedSubjects = readonly string[] | 'everyone';

/** A binding that holds for a user, with the subject that makes it so. */
export interface AppliedBinding {
  namespace: string;
  name: string;
  roleRef: RoleRef;
  subject: Subject;
}
