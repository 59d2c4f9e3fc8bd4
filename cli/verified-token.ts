import type { Endpoint, Factory } from './factory.ts';
import { newMadeObjects } from './made-objects.ts';
import { type MemberAccess, type MemberCredentials, obtainMemberCredentials } from './member-credentials.ts';
import { verifyCredentials } from './verify-member.ts';

/** Credentials that have been tried; where that comes to nothing, or is interrupted, what was made for them is taken out of the member again. */
export async function verifiedToken(
  access: MemberAccess,
  endpoint: Endpoint,
  factory: Factory,
): Promise<MemberCredentials> {
  const made = newMadeObjects(access);
  const { clientFor: newClient, clock, signal } = factory;
  try {
    const credentials = await obtainMemberCredentials({ ...access, made });
    const check = { endpoint, ...decoded(credentials), newClient, clock, signal };
    const caPem = await verifyCredentials(check);
    return { ...credentials, caBundle: Buffer.from(caPem, 'utf8').toString('base64') };
  } catch (error) {
    await made.takeBack();
    throw error;
  }
}

function decoded({ token, caBundle }: MemberCredentials): { token: string; caPem: string } {
  const text = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
  return { token: text(token), caPem: text(caBundle) };
}
