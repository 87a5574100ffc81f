import {
  account,
  ALL_FIELDS,
  byRight,
  gmail,
  imap,
  oauth,
  smtp,
  smtpTokens,
  type Mailbox,
  type MailboxDraft,
} from './mailbox-fields.ts';

type Body = Record<string, unknown>;

/** What stands in the fields; of secrets nothing ever does. */
export function draftOf(mailbox: Mailbox | null): MailboxDraft {
  const known: Partial<MailboxDraft> = mailbox ? knownOf(mailbox) : {};
  return Object.fromEntries(
    ALL_FIELDS.map(([name, { initial }]) => [name, known[name] ?? initial ?? '']),
  ) as MailboxDraft;
}

function knownOf({ source, transport, ...rest }: Mailbox): Partial<MailboxDraft> {
  const { name, address, aliases, signature, quiet, history, sender_policy, sender_domains, sender_trust } = rest;
  return {
    ...{ name, address, signature, history, sender_policy, sender_trust },
    ...{ aliases: aliases.join('\n'), sender_domains: sender_domains.join('\n'), quiet: quiet ? 'yes' : '' },
    plus_addressing: rest.plus_addressing ? 'yes' : '',
    default_category: String(rest.default_category?.id ?? ''),
    default_department: String(rest.default_department?.id ?? ''),
    ...sourceKnown(source),
    transport: transport.kind,
    ...(transport.kind === 'smtp' && {
      ...{ smtp_host: transport.host, smtp_port: String(transport.port), smtp_tls: transport.tls },
      ...{ smtp_user: transport.user ?? '', smtp_sign_in: transport.oauth ? 'oauth' : 'password' },
    }),
  };
}

function sourceKnown(source: Mailbox['source']): Partial<MailboxDraft> {
  if (source.kind === 'imap') {
    const { host, port, tls, user, folder, oauth: of } = source;
    const known = of && ['google', 'microsoft'].includes(of.provider);
    return {
      ...{ source: 'imap', host, port: String(port), tls, user, folder, sign_in: of ? 'oauth' : 'password' },
      ...(of && {
        provider: known ? of.provider : 'other',
        tenant: of.tenant,
        client_id: of.client_id,
        grant: of.grant,
      }),
      ...(of && !known && { token_url: of.provider }),
    };
  }
  if (source.kind !== 'gmail') return { source: source.kind };
  const { label, done_label, credentials } = source;
  return {
    ...{ source: 'gmail', label, done_label: done_label ?? '', credentials: credentials.kind },
    ...(credentials.kind === 'consent'
      ? { google_id: credentials.client_id }
      : { account_email: credentials.email, account_subject: credentials.subject }),
  };
}

const lines = (text: string) => [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
/** A number that is none stays text, for the API to refuse. */
const numberOf = (text: string) => (/^\s*\d+\s*$/.test(text) ? Number(text) : text);
/** A secret that is not entered is left out, so that the stored one stays. */
const given = (name: string, secret: string) => (secret === '' ? {} : { [name]: secret });
const idOf = (text: string) => (text === '' ? null : Number(text));

/** The body that a draft makes. */
export function bodyOf(draft: MailboxDraft): Body {
  const { name, signature, sender_policy, history } = draft;
  const pushed = draft.source === 'drop' || draft.source === 'http';
  return {
    ...{ name: name.trim(), address: draft.address.trim(), signature, sender_policy, history },
    aliases: lines(draft.aliases),
    source: sourceOf(draft),
    transport: transportOf(draft),
    quiet: draft.quiet !== '',
    plus_addressing: draft.plus_addressing !== '',
    default_category: idOf(draft.default_category),
    default_department: idOf(draft.default_department),
    sender_domains: lines(draft.sender_domains),
    sender_trust: pushed ? draft.sender_trust : 'verify',
  };
}

function sourceOf(d: MailboxDraft): Body {
  if (imap(d)) {
    const place = {
      host: d.host.trim(),
      port: numberOf(d.port),
      tls: d.tls,
      user: d.user.trim(),
      folder: d.folder.trim(),
    };
    if (!oauth(d)) return { kind: 'imap', ...place, ...given('password', d.password) };
    const secrets = {
      ...given('client_secret', d.client_secret),
      ...(byRight(d) ? given('private_key', d.oauth_key) : given('refresh_token', d.refresh_token)),
    };
    return { kind: 'imap', ...place, oauth: { ...clientOf(d), ...secrets } };
  }
  if (!gmail(d)) return { kind: d.source };
  const place = { label: d.label.trim(), done_label: d.done_label.trim() || null };
  const credentials = account(d)
    ? { email: d.account_email.trim(), subject: d.account_subject.trim(), ...given('private_key', d.private_key) }
    : { client_id: d.google_id.trim(), ...given('client_secret', d.google_secret) };
  return { kind: 'gmail', ...place, credentials: { kind: d.credentials, ...credentials } };
}

/** Who asks for tokens. */
function clientOf(d: MailboxDraft): Body {
  const provider = d.provider === 'other' ? d.token_url.trim() : d.provider;
  const tenant = d.tenant.trim() === '' ? {} : { tenant: d.tenant.trim() };
  return { provider, ...tenant, client_id: d.client_id.trim(), grant: byRight(d) ? 'application' : 'consent' };
}

function transportOf(d: MailboxDraft): Body {
  if (!smtp(d)) return { kind: d.transport };
  const user = d.smtp_user.trim() || null;
  const password = user === null ? {} : given('password', d.smtp_password);
  const secret = smtpTokens(d) ? { oauth: clientOf(d) } : password;
  return { kind: 'smtp', host: d.smtp_host.trim(), port: numberOf(d.smtp_port), tls: d.smtp_tls, user, ...secret };
}

/** What was changed since the form was opened: those parts of the body that are another now. */
export function changesOf(draft: MailboxDraft, begin: MailboxDraft): Body {
  const [before, after] = [bodyOf(begin), bodyOf(draft)];
  const changed = Object.entries(after).filter(
    ([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key]) && key !== 'address' && key !== 'history',
  );
  return Object.fromEntries(changed);
}
