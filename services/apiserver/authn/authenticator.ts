import type { UserInfo } from '../../../shared/apis/user-info.ts';
import type { ServerRequest } from '../request.ts';

/** Who makes a request. Undefined: nothing was presented that this one reads. Throws `InvalidCredentialError` for what was presented in vain. */
export type Authenticator = (request: ServerRequest) => Promise<UserInfo | undefined>;

/** The same for the text of a bearer token. */
export type TokenAuthenticator = (token: string) => Promise<UserInfo | undefined>;

/** A credential was presented and is not good. The message is for the log and never holds the credential. */
export class InvalidCredentialError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InvalidCredentialError';
  }
}

/** The first that knows the requester; a bad credential only counts if no other credential is good, as upstream's union has it. */
export function firstOf(authenticators: readonly Authenticator[]): Authenticator {
  return async (request) => {
    const failures: InvalidCredentialError[] = [];
    for (const authenticate of authenticators) {
      try {
        const user = await authenticate(request);
        if (user) return user;
      } catch (error) {
        if (!(error instanceof InvalidCredentialError)) throw error;
        failures.push(error);
      }
    }
    const [first] = failures;
    if (first) throw first;
    return undefined;
  };
}
