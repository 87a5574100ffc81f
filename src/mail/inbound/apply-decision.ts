import { prepared, runPrepared } from '../../db/prepared.ts';
import type { Transaction } from '../../db/transaction.ts';
import { cleanFilename } from '../../files/clean-filename.ts';
import { Employee, type Person } from '../../people/employee.ts';
import { defaultPriority } from '../../settings/default-priority.ts';
import { addComment } from '../../tickets/add-comment.ts';
import type { Trust } from '../../tickets/comment.ts';
import type { NewFile } from '../../tickets/new-comment.ts';
import { openTicket } from '../../tickets/open-ticket.ts';
import { normalizeAddress, withoutTag } from '../addresses.ts';
import { hideStatusLinks } from '../status-link.ts';
import type { Decision } from './decide.ts';
import type { Delivery, ReceivingMailbox } from './delivery.ts';
import type { InboundMail } from './inbound-mail.ts';
import type { Lookup, Pointers } from './lookup.ts';
import { proposeParticipants } from './propose-participants.ts';
import { recordBounce } from './record-bounce.ts';

export interface Applied {
  ticketId: number | null;
  commentId: number | null;
  /** What the ledger says beyond the decision's own reason. */
  note: string | null;
}

const NOTHING: Applied = { ticketId: null, commentId: null, note: null };

export interface ApplyDecision {
  decision: Decision;
  mail: InboundMail;
  delivery: Delivery;
  trust: Trust;
  lookup: Lookup;
  pointers: Pointers;
}

/** Carries a decision out. Throws only for what is a bug or a broken database; the savepoint takes it back then. */
export async function applyDecision(tx: Transaction, given: ApplyDecision): Promise<Applied> {
  const { decision, mail, delivery, trust, lookup } = given;
  switch (decision.do) {
    case 'open-ticket': {
      const requester = await findRequester(tx, given);
      const { noAutoAnswer, autoReply, bounce, abuseReport } = mail.class;
      const opened = await openTicket(tx, {
        ...written(mail, delivery, trust),
        requester,
        by: delivery.orderedBy,
        subject: mail.subject || '(no subject)',
        channel: 'mail',
        priority: defaultPriority(lookup.settings),
        mailboxId: delivery.mailbox.id,
        categoryId: delivery.mailbox.defaultCategoryId ?? null,
        departmentId: delivery.mailbox.defaultDepartmentId ?? null,
        followsId: decision.followsId,
        ...(delivery.imported && { at: writtenAt(tx, mail, delivery) }),
        files: filesOf(mail),
        facts: {
          ...{ trust, quiet: delivery.quiet },
          noAutoAnswer: noAutoAnswer || autoReply || bounce || abuseReport || !isAddressed(mail, delivery.mailbox),
        },
        notify: !delivery.quiet,
      });
      remember(tx, lookup, opened.ticketId, requester, mail.subject);
      await propose(tx, given, { ...opened, authorId: requester.id });
      return { ...opened, note: null };
    }
    case 'add-comment': {
      const ticket = lookup.tickets.get(decision.ticketId);
      if (!ticket) throw new Error(`Ticket ${decision.ticketId} was decided on but not locked`);
      const author = await findSender(tx, mail, lookup);
      const commentId = await addComment(tx, {
        ...written(mail, delivery, trust),
        ...{ ticket, author },
        visibility: decision.visibility,
        channel: 'mail',
        files: filesOf(mail),
        mayMove: decision.mayMove,
        ...((delivery.imported || decision.inOrder) && { at: writtenAt(tx, mail, delivery) }),
        facts: { trust },
        notify: !delivery.quiet,
      });
      // Nobody is proposed by words that may not be read by those on the ticket.
      if (decision.visibility === 'public')
        await propose(tx, given, { ticketId: ticket.id, commentId, authorId: author.id });
      return { ticketId: ticket.id, commentId, note: null };
    }
    case 'record-bounce':
      return { ...NOTHING, note: await recordBounce(tx, mail, given.pointers) };
    case 'suppress':
    case 'quarantine':
      return NOTHING;
  }
}

async function propose(
  tx: Transaction,
  { mail, delivery: { mailbox }, lookup }: ApplyDecision,
  given: { ticketId: number; commentId: number; authorId: number },
): Promise<void> {
  const ticket = lookup.tickets.get(given.ticketId);
  if ((await proposeParticipants(tx, mail, { ...given, mailbox })) && ticket) ticket.version += 1;
}

/** Whether it was written to the mailbox, not only delivered there: a Bcc or a list is answered by nothing automatic (RFC 5230 §4.5). */
export function isAddressed(
  { to, cc }: InboundMail,
  { address, aliases }: Pick<ReceivingMailbox, 'address' | 'aliases'>,
): boolean {
  const own = new Set([address, ...aliases].map(normalizeAddress));
  return [...to, ...cc].some((one) => own.has(withoutTag(normalizeAddress(one.address))));
}

/** No mail is older. */
const OLDEST = Date.UTC(1990, 0);

/**
 * When a message came: by the server that took it; for an import that nobody dated, by its own Date header, as far as that can be. Never in the
 * future.
 */
function writtenAt(
  { now }: Transaction,
  { date }: InboundMail,
  { receivedAt, imported, discoveredAt }: Delivery,
): Date {
  const claimed = imported && date !== null ? new Date(date) : null;
  const at = receivedAt ?? (claimed && claimed.getTime() >= OLDEST ? claimed : discoveredAt);
  return at < now ? at : now;
}

/** Whom the ticket is for. Where nobody could be answered a person has ordered it, and it is theirs. */
async function findRequester(tx: Transaction, { mail, delivery, lookup }: ApplyDecision): Promise<Person> {
  if (mail.fromSource !== 'none' && mail.from.address !== '') return findSender(tx, mail, lookup);
  return tx.em.findOneOrFail(Employee, delivery.orderedBy ?? 0);
}

/** Someone may be registering them in this moment. `updated_at`, as a write to a key column would lock out whoever refers to the row. */
const FIND_OR_MAKE = prepared(
  'find-or-make-contact',
  `insert into employee (email, first_name, last_name, role, status, locale, created_at, updated_at) values (?, ?, ?, 'employee', 'contact', ?, ?, ?)
   on conflict (email) do update set updated_at = employee.updated_at returning id, role, status`,
);

/** A person known only from mail becomes a contact: they can be answered, and sign in once they claim the address. */
async function findSender(tx: Transaction, mail: InboundMail, lookup: Lookup): Promise<Person> {
  const email = normalizeAddress(mail.from.address);
  const known = lookup.employees.get(email);
  if (known) return known;
  const [firstName = '', ...rest] = mail.from.name.split(/\s+/).filter(Boolean);
  const names = [firstName.slice(0, 100), rest.join(' ').slice(0, 100)];
  const [row] = await runPrepared<{ id: string; role: Person['role']; status: Person['status'] }>(tx.em, FIND_OR_MAKE, [
    ...[email, ...names, lookup.settings.locale, tx.now, tx.now],
  ]);
  const made: Person = {
    id: Number(row?.id),
    email,
    role: row?.role ?? 'employee',
    status: row?.status ?? 'contact',
    departmentId: null,
  };
  lookup.employees.set(email, made);
  return made;
}

/** The next message of the batch may answer this one. */
export function remember(
  { now }: Pick<Transaction, 'now'>,
  lookup: Lookup,
  id: number,
  requester: Person,
  subject: string,
): void {
  const nothing = {
    priority: defaultPriority(lookup.settings),
    categoryId: null,
    departmentId: requester.departmentId ?? null,
    assigneeId: null,
  };
  // Its number is not known here, and asked for only of tickets that are old.
  const fresh = { number: 0, subject, updatedAt: now };
  lookup.tickets.set(id, { id, status: 'new', requesterId: requester.id, version: 1, ...nothing, ...fresh });
  lookup.confirmed.add(`${id}:${requester.id}`);
}

/** The words of a mail. Of a forwarded message everything counts as new: it is what the sender wants to be read. */
function written(mail: InboundMail, delivery: Delivery, trust: Trust) {
  const whole = mail.forward !== null || mail.reply === '';
  return {
    body: hideStatusLinks(whole ? mail.text : mail.reply),
    quoted: whole ? '' : hideStatusLinks(mail.quoted),
    signature: whole ? '' : mail.signature,
    // The portal links the addresses of a text itself.
    html: mail.html === null || mail.safeHtml === null ? null : hideStatusLinks(mail.safeHtml),
    trust,
    inboundMessageId: delivery.id,
  };
}

function filesOf(mail: InboundMail): NewFile[] {
  return mail.attachments.map(({ filename, ...file }) => ({ ...file, filename: cleanFilename(filename) }));
}
