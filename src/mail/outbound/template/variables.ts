import type { Status } from '../../../tickets/lifecycle.ts';
import type { AccountTemplate } from '../../../people/account-notice.ts';
import { STAFF_TEMPLATES, TICKET_TEMPLATES, type MailTemplate, type TicketTemplate } from '../mail-template.ts';
import type { AccountView, DigestTicket, DigestView, MailView, ViewOf, WrittenWords } from '../mail-view.ts';
import { safeUrl } from './safe-url.ts';
import type { Say, Speaker } from './say.ts';

/**
 * What a variable is. `url` may be where a link leads, `flag` only be asked for by `if`, `list` only be gone through by `each`; `words`: what a
 * person wrote, in paragraphs.
 */
export type VariableKind = 'text' | 'url' | 'flag' | 'list' | 'words';

export interface Variable {
  path: string;
  kind: VariableKind;
  /** What each item of a list has. */
  items: readonly Variable[];
  /** The mail is of no use without it. */
  needed: boolean;
}

type Value = string | boolean | readonly object[] | WrittenWords | null;
type Known<View> = Record<string, readonly [kind: VariableKind, read: (view: View, say: Say) => Value]>;

const becomes = (to: string) => ['flag', ({ event }: MailView) => event.to === to] as const;
const changes = (change: string) => ['flag', ({ event }: AccountView) => event.change === change] as const;
const count = (name: keyof DigestView['counts']) => ['text', ({ counts }: DigestView) => String(counts[name])] as const;

const TICKET = {
  'desk.name': ['text', ({ desk }) => desk.name],
  'recipient.name': ['text', ({ recipient }) => recipient.name],
  'ticket.number': ['text', ({ ticket }) => ticket.number],
  'ticket.subject': ['text', ({ ticket }) => ticket.subject],
  'ticket.status': ['text', ({ ticket }, say) => say.status(ticket.status)],
  'ticket.url': ['url', ({ ticket }) => ticket.url],
  'event.at': ['text', ({ event }, say) => say.date(event.at)],
  'event.reason': ['text', ({ event }) => event.reason],
  'event.moves': ['flag', ({ event }) => Boolean(event.transition)],
  'event.to': ['text', ({ event }, say) => (event.transition ? say.status(event.to as Status) : event.to)],
  'event.reopens': ['flag', ({ event }) => event.transition === 'reopen'],
  'event.resumes': ['flag', ({ event }) => event.transition === 'resume'],
  'becomes.new': becomes('new'),
  'becomes.open': becomes('open'),
  'becomes.in_progress': becomes('in_progress'),
  'becomes.pending': becomes('pending'),
  'becomes.on_hold': becomes('on_hold'),
  'becomes.resolved': becomes('resolved'),
  'actor.name': ['text', ({ actor }) => actor.name],
  'actor.signature': ['words', ({ actor }) => actor.signature],
  'assignee.name': ['text', ({ assignee }) => assignee.name],
  'requester.name': ['text', ({ requester }) => requester.name],
  'requester.verified': ['flag', ({ requester }) => requester.verified],
  'comment.words': ['words', ({ comment }) => comment],
  'comment.preview': ['text', ({ comment }) => comment?.preview ?? ''],
  'before.words': ['words', ({ before }) => before?.words ?? null],
  'before.by': ['text', ({ before }) => before?.by ?? ''],
  'before.at': ['text', ({ before }, say) => (before ? say.date(before.at) : '')],
  file_names: ['text', ({ files }) => files.join(', ')],
  'answer.yes': ['url', ({ answer }) => answer.yes],
  'answer.no': ['url', ({ answer }) => answer.no],
  'link.until': ['text', ({ link }, say) => (link ? say.date(link.until) : '')],
} as const satisfies Known<MailView>;

const ACCOUNT = {
  'desk.name': ['text', ({ desk }) => desk.name],
  'recipient.name': ['text', ({ recipient }) => recipient.name],
  'account.email': ['text', ({ account }) => account.email],
  'account.companyId': ['text', ({ account }) => account.companyId],
  'account.pending': ['flag', ({ account }) => account.status === 'pending'],
  'event.at': ['text', ({ event }, say) => say.date(event.at)],
  'event.reason': ['text', ({ event }) => event.reason],
  'event.email': ['text', ({ event }) => event.email],
  'change.totp_added': changes('totp-added'),
  'change.totp_removed': changes('totp-removed'),
  'change.passkey_added': changes('passkey-added'),
  'change.passkey_removed': changes('passkey-removed'),
  'change.recovery_codes_made': changes('recovery-codes-made'),
  'change.recovery_code_used': changes('recovery-code-used'),
  'change.factors_reset': changes('factors-reset'),
  'change.identity_linked': changes('identity-linked'),
  'change.identity_unlinked': changes('identity-unlinked'),
  'mailbox.name': ['text', ({ event }) => event.change],
  'mailbox.address': ['text', ({ event }) => event.email],
  'link.url': ['url', ({ link }) => link.url],
  'link.until': ['text', ({ link }, say) => (link.until ? say.date(link.until) : '')],
} as const satisfies Known<AccountView>;

const listed = (tickets: readonly DigestTicket[]) =>
  tickets.map(({ number, subject, link }) => ({ number, subject, link: safeUrl(link) }));

const DIGEST = {
  'desk.name': ['text', ({ desk }) => desk.name],
  'recipient.name': ['text', ({ recipient }) => recipient.name],
  'counts.open': count('open'),
  'counts.unattended': count('unattended'),
  'counts.mine': count('mine'),
  'counts.waiting': count('waiting'),
  'counts.unverified': count('unverified'),
  'counts.held': count('held'),
  'counts.came': count('came'),
  'counts.solved': count('solved'),
  unattended: ['list', (view) => listed(view.unattended)],
  unverified: ['list', (view) => listed(view.unverified)],
  queue: ['url', (view) => view.queue],
  unsubscribe: ['url', (view) => view.unsubscribe],
} as const satisfies Known<DigestView>;

/** Of every list: all are lists of tickets. */
const ITEMS: readonly Variable[] = [
  { path: 'number', kind: 'text', items: [], needed: false },
  { path: 'subject', kind: 'text', items: [], needed: false },
  { path: 'link', kind: 'url', items: [], needed: false },
];

const ANY = ['desk.name', 'recipient.name'] as const;
const TICKET_ALWAYS = [...ANY, 'ticket.number', 'ticket.url', 'event.at', 'link.until'] as const;
const TICKET_NAMED = [...TICKET_ALWAYS, 'ticket.subject', 'ticket.status', 'actor.name', 'assignee.name'] as const;
const WORDS = ['comment.words', 'comment.preview', 'file_names'] as const;
const STAFF = [...TICKET_NAMED, ...WORDS, 'requester.name', 'requester.verified'] as const;
const LINK = [...ANY, 'account.email', 'event.at', 'link.url', 'link.until'] as const;
const WITH_ID = [...LINK, 'account.companyId', 'account.pending'] as const;
const CHANGES = (Object.keys(ACCOUNT) as (keyof typeof ACCOUNT)[]).filter((path) => path.startsWith('change.'));
const BECOMES = (Object.keys(TICKET) as (keyof typeof TICKET)[]).filter((path) => path.startsWith('becomes.'));
const MAILBOX = [...ANY, 'event.at', 'event.reason', 'mailbox.name', 'mailbox.address', 'link.url'] as const;

type Uses = Record<TicketTemplate, readonly (keyof typeof TICKET)[]> &
  Record<AccountTemplate, readonly (keyof typeof ACCOUNT)[]> &
  Record<'digest', readonly (keyof typeof DIGEST)[]>;

/**
 * Which variables each mail may use: nothing else can be in it, whoever writes its text. So a receipt cannot repeat what a stranger wrote (T07),
 * and a mail to others carries no more than they may read.
 */
const USES: Uses = {
  'ticket-received': TICKET_ALWAYS,
  'public-reply': [...TICKET_NAMED, ...WORDS, 'actor.signature', 'before.words', 'before.by', 'before.at'],
  'status-changed': [...TICKET_NAMED, ...WORDS, ...BECOMES, 'event.reason', 'event.reopens', 'event.resumes'],
  resolved: [...TICKET_NAMED, ...WORDS, 'answer.yes', 'answer.no'],
  closed: [...TICKET_NAMED, ...WORDS],
  rejected: [...TICKET_NAMED, ...WORDS, 'event.reason'],
  withdrawn: [...TICKET_NAMED, ...WORDS],
  'more-information': [...TICKET_NAMED, ...WORDS, 'actor.signature'],
  'participant-added': TICKET_NAMED,
  'new-ticket': STAFF,
  'new-comment-for-staff': STAFF,
  assigned: STAFF,
  mentioned: STAFF,
  watched: [...STAFF, 'event.moves', 'event.to'],
  'registration-pending': LINK,
  'registration-approved': WITH_ID,
  'registration-rejected': [...LINK, 'event.reason'],
  'registration-known': WITH_ID,
  invitation: WITH_ID,
  'confirm-email': LINK,
  'reset-password': LINK,
  'sign-in-link': LINK,
  'password-changed': LINK,
  'email-changed': [...LINK, 'event.email'],
  'second-factor-changed': [...LINK, ...CHANGES],
  'mailbox-failing': MAILBOX,
  'mailbox-recovered': MAILBOX,
  digest: Object.keys(DIGEST) as (keyof typeof DIGEST)[],
};

/** A person's words that are the whole point of the mail, the link that it is sent for, the way to end it. */
const NEEDED: Partial<Record<MailTemplate, readonly string[]>> = {
  'public-reply': ['comment.words'],
  resolved: ['comment.words', 'answer.yes', 'answer.no'],
  rejected: ['event.reason', 'ticket.url'],
  'new-comment-for-staff': ['comment.words', 'ticket.url'],
  'registration-rejected': ['event.reason', 'link.url'],
  digest: ['queue', 'unsubscribe'],
};

type Table = Record<string, readonly [kind: VariableKind, read: (view: never, say: Say) => Value]>;

function tableOf(template: MailTemplate): Table {
  if (template === 'digest') return DIGEST;
  return isAboutTicket(template) ? TICKET : ACCOUNT;
}

/** Whether it is about a ticket: then it can be previewed with a real one. */
export function isAboutTicket(template: MailTemplate): template is TicketTemplate {
  return (TICKET_TEMPLATES as readonly MailTemplate[]).includes(template);
}

/** The variables that a mail may use, in the order in which people are shown them. */
export function variablesOf(template: MailTemplate): Variable[] {
  const needed = NEEDED[template] ?? [isAboutTicket(template) ? 'ticket.url' : 'link.url'];
  const table = tableOf(template);
  return USES[template].map((path) => {
    const kind = table[path]?.[0] ?? 'text';
    return { path, kind, items: kind === 'list' ? ITEMS : [], needed: needed.includes(path) };
  });
}

/** What a template is given: its variables and nothing else. `words` writes what a person wrote, as the part does. */
export function contextOf<T extends MailTemplate>(
  template: T,
  view: ViewOf<T>,
  speak: Speaker,
  words: (written: WrittenWords) => unknown,
): object {
  const say = speak(view.desk.timeZone, STAFF_TEMPLATES.includes(template));
  const table = tableOf(template) as unknown as Known<ViewOf<T>>;
  const context: Record<string, unknown> = {};
  for (const path of USES[template] as readonly string[]) {
    const known = table[path];
    if (!known) continue;
    const [kind, read] = known;
    put(context, path, shown(kind, read(view, say), words));
  }
  return context;
}

function shown(kind: VariableKind, value: Value, words: (written: WrittenWords) => unknown): unknown {
  if (kind === 'url') return safeUrl(String(value));
  if (kind === 'words') return value === null ? '' : words(value as WrittenWords);
  return value;
}

function put(context: Record<string, unknown>, path: string, value: unknown): void {
  const [first = '', second] = path.split('.');
  if (second === undefined) context[first] = value;
  else context[first] = { ...(context[first] as object | undefined), [second]: value };
}
