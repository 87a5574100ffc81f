import type { z } from 'zod';
import type * as schema from '../contract/schemas.ts';
import type { Mailbox } from '../mail/mailbox.ts';
import { judgeHealth } from '../mail/mailboxes/judge-health.ts';
import { readSecret, type MailboxSecret } from '../mail/sources/mailbox-secret.ts';
import { OAUTH_PROVIDERS, type OauthConfig } from '../mail/sources/oauth/grant.ts';
import { smtpConfig } from '../mail/transports/smtp-server.ts';
import { gmailConfig } from '../mail/sources/open-gmail.ts';
import { imapConfig } from '../mail/sources/open-imap.ts';
import { SourceUnavailable } from '../mail/sources/unavailable.ts';
import type { Keyring } from '../secrets.ts';
import type { Answer } from './mount.ts';

type Shown = Answer<'readMailbox'>;

interface Around {
  /** Of categories and departments, as `category:3`. */
  names: ReadonlyMap<string, string>;
  /** Mails that wait for a decision, by mailbox. */
  held: ReadonlyMap<number, number>;
  sealing: Keyring;
  now: Date;
}

/** A mailbox as an admin sees it: that secrets are there, never what they are. */
export function presentMailbox(mailbox: Mailbox, { names, held, sealing, now }: Around): Shown {
  const { id, version, name, address, aliases, signature, quiet, history, enabled } = mailbox;
  const named = (table: 'category' | 'department', of: number | null | undefined) => {
    const called = names.get(`${table}:${of}`);
    return of && called !== undefined ? { id: of, name: called } : null;
  };
  return {
    plus_addressing: mailbox.plusAddressing,
    ...{ id, version, name, address, aliases, signature, quiet, history, enabled },
    source: sourceOf(mailbox),
    transport: transportOf(mailbox),
    secrets: secretsOf(mailbox, sealing),
    default_category: named('category', mailbox.defaultCategoryId),
    default_department: named('department', mailbox.defaultDepartmentId),
    sender_policy: mailbox.senderPolicy,
    sender_domains: mailbox.senderDomains,
    sender_trust: mailbox.senderTrust,
    health: presentHealth(mailbox, now),
    held_back: held.get(id) ?? 0,
    created_at: mailbox.createdAt.toISOString(),
    updated_at: mailbox.updatedAt?.toISOString() ?? null,
  };
}

export function presentHealth(mailbox: Mailbox, now: Date): z.input<typeof schema.MailboxHealth> {
  const { state, trouble, since } = judgeHealth(mailbox, now);
  return {
    ...{ state, trouble, since: since?.toISOString() ?? null, error: mailbox.lastError ?? null },
    last_polled_at: mailbox.lastPolledAt?.toISOString() ?? null,
    missed: mailbox.missedTotal,
  };
}

function sourceOf({ source, sourceConfig }: Mailbox): Shown['source'] {
  if (source === 'imap') {
    const { oauth, ...place } = imapConfig.parse(sourceConfig);
    return { kind: source, ...place, oauth: oauth ? presentOauth(oauth) : null };
  }
  if (source === 'gmail') {
    const { label, doneLabel, credentials: of } = gmailConfig.parse(sourceConfig);
    const { kind } = of;
    const credentials =
      kind === 'consent' ? { kind, client_id: of.clientId } : { kind, email: of.email, subject: of.subject };
    return { kind: source, label, done_label: doneLabel, credentials };
  }
  return { kind: source === 'smtp' ? 'drop' : source };
}

function presentOauth({ tokenUrl, clientId, grant: kind }: OauthConfig) {
  const { google, microsoft } = OAUTH_PROVIDERS;
  const [, tenant] = /^https:\/\/login\.microsoftonline\.com\/([^/]+)\//.exec(tokenUrl) ?? [];
  const grant = kind === 'consent' ? kind : ('application' as const);
  const rest = { tenant: tenant ? decodeURIComponent(tenant) : 'organizations', client_id: clientId, grant };
  if (tokenUrl === google.tokenUrl()) return { provider: 'google' as const, ...rest };
  if (tenant && tokenUrl === microsoft.tokenUrl(rest.tenant)) return { provider: 'microsoft' as const, ...rest };
  return { provider: tokenUrl, ...rest };
}

function transportOf({ transport, transportConfig }: Mailbox): Shown['transport'] {
  if (transport !== 'smtp') return { kind: transport };
  const { oauth, ...place } = smtpConfig.parse(transportConfig);
  return { kind: transport, ...place, oauth: oauth ? presentOauth(oauth) : null };
}

// prettier-ignore
const NAMES = {
  password: 'password', clientSecret: 'client_secret', refreshToken: 'refresh_token', privateKey: 'private_key', pushSecret: 'push_secret',
  smtpPassword: 'transport_password', smtpClientSecret: 'transport_client_secret', smtpRefreshToken: 'transport_refresh_token',
  smtpPrivateKey: 'transport_private_key',
} as const satisfies Record<keyof MailboxSecret, string>;

function secretsOf(mailbox: Mailbox, sealing: Keyring): Shown['secrets'] {
  try {
    const stored = readSecret(mailbox, sealing);
    return (Object.keys(NAMES) as (keyof typeof NAMES)[]).filter((key) => stored[key]).map((key) => NAMES[key]);
  } catch (error) {
    if (error instanceof SourceUnavailable) return []; // sealed with a key that is gone: to be entered again
    throw error;
  }
}
