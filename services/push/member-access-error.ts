/** Why a member can't be dialled at all, in words for its Ready condition; never quotes what is in the Secret. */
export class MemberAccessError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MemberAccessError';
  }
}
