import type { Output } from '#contract/client.ts';
import type { mailboxesEn } from './texts/mailboxes-en.ts';

export type Mailbox = Output<'readMailbox'>;
/** Every field has its texts. */
export type FieldName = keyof (typeof mailboxesEn)['form']['fields'];
export type MailboxDraft = Record<FieldName, string>;

/** How a field is edited; `list`: one a line; `secret`: it goes in and never comes out. */
type Kind = 'text' | 'number' | 'lines' | 'list' | 'select' | 'switch' | 'secret' | 'key';
export interface FormField {
  kind: Kind;
  /** What the API calls it when it refuses. */
  at: string;
  /** Of a select. */
  choices?: readonly string[];
  initial?: string;
  /** Asked for only while this holds. */
  when?: (draft: MailboxDraft) => boolean;
  /** Only of a mailbox that is made. */
  once?: boolean;
  optional?: boolean;
}

export const imap = (d: MailboxDraft) => d.source === 'imap';
export const gmail = (d: MailboxDraft) => d.source === 'gmail';
export const oauth = (d: MailboxDraft) => imap(d) && d.sign_in === 'oauth';
/** The app reads by its own right, not by the consent of the account's owner. */
export const byRight = (d: MailboxDraft) => oauth(d) && d.provider !== 'other' && d.grant === 'application';
const byKey = (d: MailboxDraft) => byRight(d) && d.provider === 'google';
export const account = (d: MailboxDraft) => gmail(d) && d.credentials === 'service-account';
const consent = (d: MailboxDraft) => gmail(d) && !account(d);
export const smtp = (d: MailboxDraft) => d.transport === 'smtp';
/** It sends with the tokens that it is read with. */
export const smtpTokens = (d: MailboxDraft) => smtp(d) && oauth(d) && d.smtp_sign_in === 'oauth';
const TLS = ['implicit', 'starttls', 'none'] as const;

/** Every field of a mailbox in the order of the page. */
// prettier-ignore
const FIELDS: Record<FieldGroup, Partial<Record<FieldName, FormField>>> = {
  address: {
    name:           { kind: 'text', at: 'name' },
    address:        { kind: 'text', at: 'address', once: true },
    aliases:        { kind: 'list', at: 'aliases', optional: true },
  },
  source: {
    source:         { kind: 'select', at: 'source', choices: ['imap', 'gmail', 'drop', 'http'], initial: 'imap' },
    host:           { kind: 'text', at: 'source.host', when: imap },
    port:           { kind: 'number', at: 'source.port', initial: '993', when: imap },
    tls:            { kind: 'select', at: 'source.tls', choices: TLS, initial: 'implicit', when: imap },
    user:           { kind: 'text', at: 'source.user', when: imap },
    sign_in:        { kind: 'select', at: 'source.sign_in', choices: ['password', 'oauth'], initial: 'password', when: imap },
    password:       { kind: 'secret', at: 'source.password', when: (d) => imap(d) && !oauth(d) },
    provider:       { kind: 'select', at: 'source.oauth.kind', choices: ['google', 'microsoft', 'other'], initial: 'google', when: oauth },
    token_url:      { kind: 'text', at: 'source.oauth.provider', when: (d) => oauth(d) && d.provider === 'other' },
    tenant:         { kind: 'text', at: 'source.oauth.tenant', initial: 'organizations', when: (d) => oauth(d) && d.provider === 'microsoft' },
    client_id:      { kind: 'text', at: 'source.oauth.client_id', when: oauth },
    grant:          { kind: 'select', at: 'source.oauth.grant', choices: ['consent', 'application'], initial: 'consent', when: (d) => oauth(d) && d.provider !== 'other' },
    client_secret:  { kind: 'secret', at: 'source.oauth.client_secret', when: (d) => oauth(d) && !byKey(d), optional: true },
    refresh_token:  { kind: 'secret', at: 'source.oauth.refresh_token', when: (d) => oauth(d) && !byRight(d) },
    oauth_key:      { kind: 'key', at: 'source.oauth.private_key', when: byKey },
    folder:         { kind: 'text', at: 'source.folder', initial: 'INBOX', when: imap },
    credentials:    { kind: 'select', at: 'source.credentials', choices: ['consent', 'service-account'], initial: 'consent', when: gmail },
    google_id:      { kind: 'text', at: 'source.credentials.client_id', when: consent },
    google_secret:  { kind: 'secret', at: 'source.credentials.client_secret', when: consent },
    account_email:  { kind: 'text', at: 'source.credentials.email', when: account },
    account_subject:{ kind: 'text', at: 'source.credentials.subject', when: account },
    private_key:    { kind: 'key', at: 'source.credentials.private_key', when: account },
    label:          { kind: 'text', at: 'source.label', initial: 'INBOX', when: gmail },
    done_label:     { kind: 'text', at: 'source.done_label', initial: 'SmartSupport', when: gmail, optional: true },
    history:        { kind: 'select', at: 'history', choices: ['quiet', 'live'], initial: 'quiet', once: true, when: (d) => imap(d) || gmail(d) },
  },
  transport: {
    transport:      { kind: 'select', at: 'transport', choices: ['desk', 'smtp', 'gmail'], initial: 'desk' },
    smtp_host:      { kind: 'text', at: 'transport.host', when: smtp },
    smtp_port:      { kind: 'number', at: 'transport.port', initial: '465', when: smtp },
    smtp_tls:       { kind: 'select', at: 'transport.tls', choices: TLS, initial: 'implicit', when: smtp },
    smtp_user:      { kind: 'text', at: 'transport.user', when: smtp, optional: true },
    smtp_sign_in:   { kind: 'select', at: 'transport.oauth', choices: ['password', 'oauth'], initial: 'password', when: (d) => smtp(d) && oauth(d) },
    smtp_password:  { kind: 'secret', at: 'transport.password', when: (d) => smtp(d) && !smtpTokens(d) && d.smtp_user.trim() !== '' },
    signature:      { kind: 'lines', at: 'signature', optional: true },
    plus_addressing: { kind: 'switch', at: 'plus_addressing', initial: 'yes' },
    quiet:          { kind: 'switch', at: 'quiet' },
  },
  tickets: {
    default_category:   { kind: 'select', at: 'default_category', choices: [], optional: true },
    default_department: { kind: 'select', at: 'default_department', choices: [], optional: true },
    sender_policy:  { kind: 'select', at: 'sender_policy', choices: ['everyone', 'employees', 'domains'], initial: 'everyone' },
    sender_domains: { kind: 'list', at: 'sender_domains', when: (d) => d.sender_policy === 'domains' },
    sender_trust:   { kind: 'select', at: 'sender_trust', choices: ['verify', 'submission'], initial: 'verify', when: (d) => d.source === 'drop' || d.source === 'http' },
  },
};

export type FieldGroup = 'address' | 'source' | 'transport' | 'tickets';
export const FIELD_GROUPS = Object.keys(FIELDS) as FieldGroup[];

/** The fields of a group. */
export const fieldsOf = (group: FieldGroup): [FieldName, FormField][] =>
  Object.entries(FIELDS[group]) as [FieldName, FormField][];
export const ALL_FIELDS: readonly [FieldName, FormField][] = FIELD_GROUPS.flatMap(fieldsOf);

/** Sources that the environment alone can say are shown and stay. */
export const isFixedSource = (mailbox: Mailbox | null): boolean =>
  mailbox !== null && ['maildir', 'file'].includes(mailbox.source.kind);

/** The fields of a group that are asked for now. */
export function askedFor(group: FieldGroup, draft: MailboxDraft, mailbox: Mailbox | null): [FieldName, FormField][] {
  if (group === 'source' && isFixedSource(mailbox)) return [];
  return fieldsOf(group).filter(([, { when, once }]) => !(once && mailbox) && (when?.(draft) ?? true));
}

/** Whether something is stored already where a secret is asked for, so that an empty field keeps it. */
export function isStored(name: FieldName, mailbox: Mailbox | null): boolean {
  const called: Partial<Record<FieldName, string>> = {
    google_secret: 'client_secret',
    smtp_password: 'transport_password',
    oauth_key: 'private_key',
  };
  return mailbox?.secrets.some((secret) => secret === (called[name] ?? name)) ?? false;
}

/** Fields that are empty and must not be. */
export function missingIn(
  draft: MailboxDraft,
  asked: readonly [FieldName, FormField][],
  mailbox: Mailbox | null,
): FieldName[] {
  const needed = asked.filter(([, { optional, kind }]) => !optional && kind !== 'switch');
  return needed.map(([name]) => name).filter((name) => draft[name].trim() === '' && !isStored(name, mailbox));
}

/** Faults by field of the form, from the API's names. A part that is refused as a whole stands at its first field. */
export function faultsByField(
  faults: Record<string, string>,
  asked: readonly [FieldName, FormField][],
): Partial<Record<FieldName, string>> {
  const found: Partial<Record<FieldName, string>> = {};
  for (const [at, words] of Object.entries(faults)) {
    const field =
      asked.find(([, one]) => one.at === at) ??
      asked.find(([, one]) => at.startsWith(`${one.at}.`) || one.at.startsWith(`${at}.`));
    const name = field?.[0] ?? 'name';
    found[name] ??= field ? words : `${at}: ${words}`;
  }
  return found;
}
