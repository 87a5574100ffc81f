import type { Trouble } from '../unavailable.ts';

/** What a refused token means. */
export interface Refusal {
  trouble: Trouble;
  /** What a person does about it; null: nothing, it may work later. */
  advice: string | null;
}

const CONSENT = 'let the owner of the account give consent again, and enter the new refresh token';
const SECRET = 'make a new client secret at the provider and enter it';
const TENANT = 'correct the tenant: it is the one (its id or domain) that the account and the app belong to';

/**
 * The first row that fits counts. `says`: the error code (RFC 6749 §5.2) and its description; the numbers are those of Microsoft Entra, the
 * sentences those of Google, which both put only there.
 */
const ROWS: readonly { says: RegExp; advice: string }[] = [
  {
    says: /AADSTS(700082|700084|70043|50173)\b/,
    advice: `the consent has ended (unused for too long, or the password was changed): ${CONSENT}`,
  },
  { says: /AADSTS(50034|50020|90002|900023|700016)\b/, advice: TENANT },
  {
    says: /AADSTS65001\b/,
    advice: 'nobody has allowed the app this: let an admin of the tenant grant its permissions',
  },
  { says: /AADSTS7000222\b/, advice: `the client secret has expired: ${SECRET}` },
  { says: /AADSTS7000215\b/, advice: `the client secret is wrong (its value is needed, not its id): ${SECRET}` },
  { says: /AADSTS(50076|50079|50158)\b/, advice: `the provider asks for a second factor: ${CONSENT}` },
  { says: /AADSTS(50057|50053)\b/, advice: 'the account is disabled or locked: unlock it at the provider' },
  { says: /AADSTS53003\b/, advice: 'a Conditional Access policy of the tenant forbids it: exempt the app from it' },
  {
    says: /Invalid JWT Signature/i,
    advice: 'the key of the service account is not valid any more: make a new one and enter it',
  },
  {
    says: /short-lived token|reasonable timeframe/i,
    advice: 'the clock of this machine is wrong: set it (timedatectl set-ntp true)',
  },
  {
    says: /Invalid email or User ID/i,
    advice: 'the account that the service account acts for does not exist in this domain: correct it',
  },
  { says: /Account has been deleted|user_not_found/i, advice: 'the account does not exist any more at the provider' },
  {
    says: /^invalid_grant\b/,
    advice: `consent has ended or was taken back (Google ends it after 7 days while the app is in testing): ${CONSENT}`,
  },
  { says: /^invalid_client\b/, advice: 'client id and client secret do not belong together: enter both anew' },
  {
    says: /^unauthorized_client\b/,
    advice:
      'the app may not do this: a service account needs domain-wide delegation for the scope (Google Admin, API controls), an app of Entra its permission',
  },
  {
    says: /^invalid_scope\b/,
    advice: 'the app may not ask for this scope: add the permission for IMAP and SMTP to it and give consent again',
  },
  {
    says: /^unsupported_grant_type\b/,
    advice: 'the token endpoint does not know this way of asking: correct the provider',
  },
];

/** Reads a refusal of a token endpoint. What is in no row may work later, as a server that is busy does. */
export function readRefusal(error: string, description: string): Refusal {
  const row = ROWS.find(({ says }) => says.test(`${error}: ${description}`));
  return row ? { trouble: 'auth', advice: row.advice } : { trouble: 'unreachable', advice: null };
}
