import { auth } from 'googleapis/build/src/apis/gmail/index.js';
import { z } from 'zod';

/** Who may push, and what they must have signed for (Pub/Sub push authentication, an OpenID token of Google's). */
export interface PushRules {
  /** As set at the subscription, such as https://help.example.com/api/gmail/push. */
  audience: string;
  /** The service account that the subscription pushes as. */
  email: string;
  /** Public keys by their id; null: Google's, fetched. */
  certificates: Record<string, string> | null;
}

/** A Pub/Sub message whose data is Gmail's `{emailAddress, historyId}` in base64. */
const Push = z.object({ message: z.object({ data: z.base64() }) });
const Data = z.object({ emailAddress: z.email() });

/**
 * The address of the mailbox that a push is about, or null: not proven to come from our subscription, or no such message. A push only wakes
 * the poll, so neither a lost nor a repeated nor an old one matters.
 */
export async function readPush(authorization: string, body: unknown, rules: PushRules): Promise<string | null> {
  const token = /^Bearer (\S+)$/.exec(authorization)?.[1];
  if (!token || !(await isOurs(token, rules))) return null;
  const push = Push.safeParse(body);
  if (!push.success) return null;
  try {
    const data = Data.safeParse(JSON.parse(Buffer.from(push.data.message.data, 'base64').toString('utf8')));
    return data.success ? data.data.emailAddress.toLowerCase() : null;
  } catch {
    return null; // no JSON
  }
}

const ISSUERS = ['https://accounts.google.com', 'accounts.google.com'];

async function isOurs(token: string, { audience, email, certificates }: PushRules): Promise<boolean> {
  const client = new auth.OAuth2();
  try {
    const keys = certificates ?? (await client.getFederatedSignonCertsAsync()).certs;
    const ticket = await client.verifySignedJwtWithCertsAsync(token, keys, audience, ISSUERS);
    const claims = ticket.getPayload();
    return claims?.email === email && claims.email_verified === true;
  } catch {
    return false; // expired, of another audience or issuer, or not signed by Google
  }
}
