import type { Transaction } from '../../db/transaction.ts';
import type { Keyring } from '../../secrets.ts';
import { fieldError } from '../../errors.ts';
import { Employee } from '../../people/employee.ts';
import { readSettings } from '../../settings/read-settings.ts';
import { visibleTickets } from '../../tickets/access.ts';
import { TicketEvent } from '../../tickets/ticket-event.ts';
import { Ticket } from '../../tickets/ticket.ts';
import { Mailbox } from '../mailbox.ts';
import { deskOf } from '../outbound/draft.ts';
import { isPersonal } from '../outbound/notice.ts';
import type { MailTemplate, TicketTemplate } from '../outbound/mail-template.ts';
import type { AccountView, DeskView, DigestView, MailView, ViewOf } from '../outbound/mail-view.ts';
import { OutboundMessage } from '../outbound/outbound-message.ts';
import { draftOf, filesOf } from '../outbound/read-drafts.ts';
import { readDigests } from '../outbound/read-digests.ts';
import type { OwnText, Rendered, Templates } from '../outbound/render-template.ts';
import { isAboutTicket } from '../outbound/template/variables.ts';
import type { Part } from '../outbound/template/refusal.ts';
import { refusalsOf } from './list-texts.ts';
import { refuseWrong } from './change-text.ts';
import { readOwnTexts } from './read-own-texts.ts';

export interface PreviewDeps {
  templates: Templates;
  publicUrl: string;
  /** Key of the links that mails carry. */
  links: Buffer;
  statusLinks: Keyring;
}

export interface PreviewOf {
  template: MailTemplate;
  /** The language of `parts`. */
  locale: string;
  /** What is written but not saved. */
  parts: Partial<Record<Part, string | null | undefined>>;
  /** The number within TX0001; null: of a mail about a ticket the newest one that the actor may see. */
  ticket: number | null;
  /** null: who gets such a mail, that is the requester, or the actor where it is not about a ticket. */
  recipientId: number | null;
  actor: Employee;
}

export interface Preview extends Rendered {
  locale: string;
  recipient: Employee;
  mailbox: Mailbox;
}

/**
 * A mail as a person would get it, in their language, made of a real ticket. What is written but not saved is in it where it is of that
 * language. It carries no link that opens anything: those belong to the mail that is really sent.
 */
export async function previewText(tx: Transaction, of: PreviewOf, deps: PreviewDeps): Promise<Preview> {
  refuseWrong(refusalsOf(of.template, of.parts));
  const { em } = tx;
  const mailbox = await em.findOneOrFail(Mailbox, { id: { $gt: 0 } }, { orderBy: { id: 'asc' } });
  const ticket = isAboutTicket(of.template) ? await findTicket(tx, of) : null;
  const recipient = await findRecipient(tx, of, ticket);
  const desk = deskOf(await readSettings(tx));
  const view = await viewOf(tx, of.template, { ticket, recipient, mailbox, desk, deps });
  const saved = (await readOwnTexts(tx, [of.template])).get(of.template) ?? [];
  const locale = deps.templates.localeOf(recipient.locale);
  return { ...deps.templates.render(of.template, locale, view, withDraft(saved, of)), locale, recipient, mailbox };
}

async function findTicket({ em }: Transaction, { ticket, actor }: PreviewOf): Promise<Ticket> {
  const { sql, params } = visibleTickets(actor);
  const [row] = await em.execute<{ id: string }[]>(
    `select t.id from ticket t where ${sql} and (?::bigint is null or t.number = ?::bigint) order by t.id desc limit 1`,
    [...params, ticket, ticket],
  );
  if (!row) throw fieldError('ticket', ticket === null ? 'there is no ticket yet' : 'is no ticket');
  return em.findOneOrFail(Ticket, Number(row.id), { populate: ['requester', 'assignee'] });
}

async function findRecipient(
  { em }: Transaction,
  { recipientId, actor }: PreviewOf,
  ticket: Ticket | null,
): Promise<Employee> {
  if (recipientId === null) return em.findOneOrFail(Employee, ticket?.requester.id ?? actor.id);
  const found = await em.findOne(Employee, recipientId);
  if (!found) throw fieldError('recipient', 'is nobody');
  return found;
}

interface Given {
  ticket: Ticket | null;
  recipient: Employee;
  mailbox: Mailbox;
  desk: DeskView;
  deps: PreviewDeps;
}

async function viewOf(tx: Transaction, template: MailTemplate, given: Given): Promise<ViewOf<MailTemplate>> {
  if (isAboutTicket(template)) return ticketView(tx, template, given);
  return template === 'digest' ? digestView(tx, given) : accountView(tx, template, given);
}

/** Which event of a ticket makes the mail; where there is none, the last one stands in. */
const MADE_BY: Partial<Record<TicketTemplate, string>> = {
  'ticket-received': `e.type = 'opened'`,
  'new-ticket': `e.type = 'opened'`,
  'more-information': `e.data ->> 'to' = 'pending'`,
  'status-changed': `e.data ->> 'to' in ('open', 'in_progress', 'on_hold')`,
  resolved: `e.data ->> 'to' = 'resolved'`,
  closed: `e.data ->> 'to' = 'closed'`,
  rejected: `e.data ->> 'to' = 'rejected'`,
  withdrawn: `e.data ->> 'to' = 'withdrawn'`,
};
const WITH_WORDS = `exists (select from comment c where c.id = e.comment_id and c.visibility = 'public')`;

async function ticketView(
  tx: Transaction,
  template: TicketTemplate,
  { ticket, recipient, mailbox, desk, deps }: Given,
): Promise<MailView> {
  const { em } = tx;
  const [found] = await em.execute<{ id: string }[]>(
    `select e.id from ticket_event e where e.ticket_id = ? order by (${MADE_BY[template] ?? WITH_WORDS}) is true desc, (${WITH_WORDS}) desc, e.id desc limit 1`,
    [ticket?.id],
  );
  const event = await em.findOneOrFail(TicketEvent, Number(found?.id), { populate: ['actor', 'comment'] });
  const publicWords = event.comment?.visibility === 'public';
  const personal = isPersonal(template, { publicWords, byStaff: event.actor?.id !== ticket?.requester.id });
  const row = em.create(
    OutboundMessage,
    {
      ...{ id: 0, ticket, event, person: recipient, participant: null, mailbox, template, personal, byMail: false },
      ...{ locale: recipient.locale, recipient: recipient.email, messageId: '<preview>', envelopeFrom: '' },
      ...{ state: 'pending' as const, sendAfter: tx.now, createdAt: tx.now, attempts: 0, secret: false },
    },
    { persist: false },
  );
  const files = publicWords && event.comment ? await filesOf(tx, [event.comment.id]) : new Map<number, never[]>();
  const names = [...files.values()].flat().map(({ filename }) => filename);
  const [draft] = draftOf(row, desk, { ...deps, days: 0 }, { files: [], earlier: [], before: null });
  if (!draft) throw new Error('A ticket with an event makes a mail');
  const to = draft.view.event.to || (ticket?.status ?? '');
  return { ...draft.view, event: { ...draft.view.event, to }, files: personal ? [] : names };
}

async function digestView(tx: Transaction, { recipient, mailbox, desk, deps }: Given): Promise<DigestView> {
  const row = { template: 'digest', person: recipient, mailbox, messageId: '<preview>' } as OutboundMessage;
  const [draft] = await readDigests(tx, [row], desk, deps);
  if (!draft) throw new Error('Somebody has a digest');
  return { ...draft.view, unsubscribe: `${deps.publicUrl}/api/unsubscribe/preview` };
}

/** Mails whose button leads to a page, not by a link of their own. */
const WITHOUT_LINK: readonly MailTemplate[] = [
  ...(['registration-rejected', 'password-changed', 'email-changed'] as const),
  ...(['second-factor-changed', 'mailbox-failing', 'mailbox-recovered'] as const),
];

function accountView(tx: Transaction, template: MailTemplate, { recipient, mailbox, desk, deps }: Given): AccountView {
  const aboutMailbox = template === 'mailbox-failing' || template === 'mailbox-recovered';
  const bare = WITHOUT_LINK.includes(template);
  const until = bare ? null : new Date(tx.now.getTime() + 3_600_000);
  return {
    ...{ desk, recipient: { name: recipient.firstName } },
    account: { email: recipient.email, companyId: recipient.companyId ?? '', status: recipient.status },
    event: {
      ...{ at: tx.now, reason: '…', change: aboutMailbox ? mailbox.name : 'totp-added' },
      email: aboutMailbox ? mailbox.address : recipient.email,
    },
    link: { url: `${deps.publicUrl}${bare ? '/sign-in' : '/link/preview'}`, until },
  };
}

function withDraft(saved: readonly OwnText[], { locale, parts }: PreviewOf): OwnText[] {
  const own = saved.find((text) => text.locale === locale) ?? { locale, subject: null, text: null, html: null };
  const named = Object.fromEntries(Object.entries(parts).filter(([, source]) => source !== undefined));
  return [...saved.filter((text) => text !== own), { ...own, ...named }];
}
