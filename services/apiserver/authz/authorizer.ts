import type { UserInfo } from '../../../shared/apis/user-info.ts';
import type { RequestInfo } from '../request.ts';

/** Who may do what. Synchronous: everything it needs is in memory. */
export type Authorizer = (user: UserInfo, info: RequestInfo) => Decision;

export interface Decision {
  allowed: boolean;
  /** Why, for reviews and messages; may be empty. */
  reason: string;
}
