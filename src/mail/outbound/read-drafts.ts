import type { Transaction } from '../../db/transaction.ts';
import { hasOwnName, isStaff, type Employee } from '../../people/employee.ts';
import { readSettings } from '../../settings/read-settings.ts';
import { Attachment } from '../../tickets/attachment.ts';
import { awaitsScan } from './awaits-scan.ts';
import { SCANNED } from '../../tickets/find-attachment.ts';
import type { Comment } from '../../tickets/comment.ts';
import { cleanRichText } from '../../tickets/rich-text.ts';
import { ticketNumber } from '../../tickets/ticket.ts';
import { readOwnTexts } from '../texts/read-own-texts.ts';
import { deskOf, nameOf, type DraftDeps, type Sheet } from './draft.ts';
import { STAFF_TEMPLATES, TICKET_TEMPLATES, type TicketTemplate } from './mail-template.ts';
import {
  bareSubject,
  writtenWords,
  type DeskView,
  type MailView,
  type QuotedWords,
  type WrittenWords,
} from './mail-view.ts';
import { oneLine } from './one-line.ts';
import { OutboundMessage } from './outbound-message.ts';
import { readAccountDrafts, type AccountDraft } from './read-account-drafts.ts';
import { readHistory } from './read-history.ts';
import { readDigests, type DigestDraft } from './read-digests.ts';
import { ticketPage, type PageDeps } from './ticket-page.ts';

/** All that a row's message is made of, out of the database: plain values, so that it can be composed with no transaction open. */
export type Draft = TicketDraft | AccountDraft | DigestDraft;

export interface TicketDraft extends Sheet<TicketTemplate> {
  about: 'ticket';
  personal: boolean;
  ticketId: number;
  /** null: the reader is no participant and has no reply token. */
  participantId: number | null;
  view: Omit<MailView, 'files'>;
  /** Message-IDs of the conversation as the reader has it, oldest first. */
  earlier: readonly string[];
  files: readonly DraftFile[];
  /** Its files are still to be scanned for viruses: it does not go out yet. */
  waits?: boolean;
}

export interface DraftFile {
  filename: string;
  contentType: string;
  size: number;
  sha256: string;
}

/**
 * Drafts of the due rows among `ids` that have no bytes. A row whose ticket, event, person or link is gone gets none. The number of
 * queries is fixed, but for digests.
 */
export async function readDrafts(tx: Transaction, ids: readonly number[], deps: DraftDeps): Promise<Draft[]> {
  const rows = await tx.em.find(
    OutboundMessage,
    { id: { $in: [...ids] }, state: { $in: ['pending', 'sending', 'ambiguous'] }, mimeSha256: null },
    {
      populate: [
        'event.actor',
        'event.comment',
        'ticket.assignee',
        'ticket.requester',
        'person',
        'participant',
        'mailbox',
      ],
      orderBy: { id: 'asc' },
    },
  );
  const comments = rows.flatMap(({ event }) => event?.comment?.id ?? []);
  const [files, earlier] = [await filesOf(tx, comments), await earlierIds(tx, rows)];
  const settings = await readSettings(tx);
  const before = settings.quote_history ? await readHistory(tx, comments) : null;
  const scanning = await awaitsScan(tx, comments);
  const desk = deskOf(settings);
  const aboutTickets = rows.flatMap((row) => {
    const comment = row.event?.comment;
    const ofComment = comment?.visibility === 'public' ? (files.get(comment.id) ?? []) : [];
    const waits = comment !== undefined && comment !== null && scanning.has(comment.id);
    const page = { ...deps, days: settings.status_link_days };
    const found = {
      files: ofComment,
      earlier: earlier.get(row.id) ?? [],
      before: before?.get(comment?.id ?? 0) ?? null,
    };
    return draftOf(row, desk, page, found).map((draft) => ({
      ...draft,
      waits: waits && carriesFiles(draft.template),
    }));
  });
  const others = [await readAccountDrafts(tx, rows, desk, deps), await readDigests(tx, rows, desk, deps)];
  const own = await readOwnTexts(
    tx,
    rows.map(({ template }) => template),
  );
  return [...aboutTickets, ...others.flat()].map((draft) => ({ ...draft, own: own.get(draft.template) ?? [] }));
}

/** The draft of a row about a ticket, from what was read of it; none when what it was about is gone. */
export function draftOf(
  row: OutboundMessage,
  desk: DeskView,
  deps: PageDeps,
  { files, earlier, before }: { files: DraftFile[]; earlier: string[]; before: QuotedWords | null },
): TicketDraft[] {
  const { ticket, event, person, mailbox } = row;
  const template = TICKET_TEMPLATES.find((name) => name === row.template);
  if (!ticket || !event || !row.messageId || !template) return [];
  const number = ticketNumber(ticket.number);
  const data = event.data as { transition?: string; to?: string; reason?: string };
  const page = ticketPage(row, number, deps);
  const actor = event.actor ? nameOf(event.actor) : desk.name;
  const words = event.comment?.visibility === 'public' ? wordsOf(event.comment) : null;
  // A name that a stranger may have written is not repeated by an automatic mail (T07).
  const known = person && (row.personal || hasOwnName(person)) ? person : null;
  const named = row.personal || STAFF_TEMPLATES.includes(template);
  return [
    {
      about: 'ticket',
      id: row.id,
      template,
      locale: row.locale,
      personal: row.personal,
      messageId: row.messageId,
      date: row.createdAt,
      from: { name: oneLine(named ? `${actor} via ${desk.name}` : desk.name), address: mailbox.address },
      to: { name: known?.firstName ? nameOf(known) : '', address: row.recipient },
      mailbox,
      ticketId: ticket.id,
      participantId: row.participant?.id ?? null,
      view: {
        desk: signed(desk, mailbox.signature),
        recipient: { name: oneLine(known?.firstName ?? '').slice(0, 60) },
        ticket: { number, subject: bareSubject(oneLine(ticket.subject)), status: ticket.status, url: page.url },
        ...{ link: page.link, answer: page.answer },
        event: { at: event.createdAt, transition: data.transition ?? '', to: data.to ?? '', reason: data.reason ?? '' },
        actor: { name: actor, signature: event.actor ? signatureOf(event.actor) : null },
        assignee: { name: ticket.assignee ? nameOf(ticket.assignee) : '' },
        requester: { name: nameOf(ticket.requester), verified: !isDoubtful(event.data['trust']) },
        comment: words,
        before,
      },
      earlier,
      files: carriesFiles(template) ? files : [],
    },
  ];
}

/** The html of a mail is a stranger's: only what an editor of ours made goes out again. */
function wordsOf({ body, html, channel }: Comment): WrittenWords {
  return writtenWords(body, html && channel !== 'mail' ? cleanRichText(html) : null);
}

/** Staff only: nobody else's lines stand in mails of the desk. */
function signatureOf(person: Employee): WrittenWords | null {
  return isStaff(person) && person.signature ? writtenWords(person.signature) : null;
}

/** A receipt repeats nothing of what was sent to us. */
const carriesFiles = (template: TicketTemplate) => template !== 'ticket-received';

/** Only T2 and T3 are proven; what came through the portal was signed in. */
function isDoubtful(trust: unknown): boolean {
  return trust === 'T0' || trust === 'T1';
}

/** The signature of the mailbox stands below its mails, above the address of the organisation. */
function signed(desk: DeskView, signature: string): DeskView {
  const lines = signature.split('\n').map((line) => oneLine(line));
  return signature === '' ? desk : { ...desk, address: [...lines, ...desk.address] };
}

/** What may leave: files of the comment that are not known to be bad, and where files are scanned those that are known to be clean, for the ticket has the others. */
export async function filesOf({ em }: Transaction, comments: number[]): Promise<Map<number, DraftFile[]>> {
  if (comments.length === 0) return new Map();
  const [known] = await em.execute<{ scanned: boolean }[]>(`select ${SCANNED} as scanned`);
  const rows = await em.find(
    Attachment,
    {
      comment: { $in: comments },
      visibility: 'public',
      scan: { $in: known?.scanned ? ['clean'] : ['clean', 'unscanned'] },
    },
    { orderBy: { id: 'asc' } },
  );
  return Map.groupBy(rows, ({ comment }) => comment?.id ?? 0);
}

/** A reader has what they wrote by mail and what we sent them; nobody else's ids are told. */
async function earlierIds({ em }: Transaction, rows: OutboundMessage[]): Promise<Map<number, string[]>> {
  if (rows.length === 0) return new Map();
  const found = await em.execute<{ id: string; message_id: string }[]>(
    `select o.id, earlier.message_id from outbound_message o cross join lateral (
       select m.message_id, m.created_at from mail_message m join comment c on c.id = m.comment_id
        where m.ticket_id = o.ticket_id and c.author_id = o.recipient_id
       union all
       select e.message_id, e.created_at from outbound_message e
        where e.ticket_id = o.ticket_id and e.recipient = o.recipient and e.id < o.id
          and e.message_id is not null and e.state not in ('suppressed', 'failed')
     ) as earlier
     where o.id in (?) order by o.id, earlier.created_at`,
    [rows.map(({ id }) => id)],
  );
  const ids = Map.groupBy(found, ({ id }) => Number(id));
  return new Map([...ids].map(([id, list]) => [id, list.map(({ message_id }) => message_id)]));
}
