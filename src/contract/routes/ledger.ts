import { z } from 'zod';
import type { LEDGER_PATHS } from '../paths/ledger.ts';
import { ADMINS, id, idParams, limit, route, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

const state = z.enum(['discovered', 'fetched', 'applied', 'suppressed', 'quarantined', 'vanished']);
const mailbox = z.object({ id: z.int(), name: z.string(), address: z.string() });

const line = z.object({
  id: z.int(),
  mailbox,
  state,
  decision: z.enum(['open-ticket', 'add-comment', 'record-bounce', 'suppress', 'quarantine']).nullable(),
  /** A sentence; null: it has not come to an end yet. */
  reason: z.string().nullable(),
  /** The author; of what could not be read, the envelope's sender. */
  sender: z.string().nullable(),
  subject: z.string().nullable(),
  message_id: z.string().nullable(),
  trust: z.enum(['T0', 'T1', 'T2', 'T3']).nullable(),
  discovered_at: schema.time,
  /** When the mailbox's server took it; null: nobody knows. */
  received_at: schema.time.nullable(),
  finished_at: schema.time.nullable(),
  /** What it became, by this delivery or another one of the same message. */
  ticket: z.object({ id: z.int(), ticket_number: z.string() }).nullable(),
  comment_id: z.int().nullable(),
  /** The same message in our mailboxes once more: other rows of this ledger, 20 at most. */
  deliveries: z.array(z.object({ id: z.int(), mailbox, state })),
});

const message = line.extend({
  envelope: z.object({ from: z.string().nullable(), to: z.string().nullable() }),
  /** null: its bytes are not here. */
  source: z.object({ sha256: z.string(), size: z.int(), header_only: z.boolean() }).nullable(),
  /** When its bytes were deleted for their age, or with the person who wrote them; null: never. */
  source_deleted_at: schema.time.nullable(),
  /** Nobody is notified of what it does. */
  quiet: z.boolean(),
  attempts: z.int(),
  last_error: z.string().nullable(),
  /** When it is tried (again); null: it has come to an end. */
  next_at: schema.time.nullable(),
  /** How its sender was found and checked (RFC 7489); null: it was never read. */
  check: z
    .object({
      /** the header that names the author */
      found_in: z.string(),
      /** the mark of our mails that a reply bears: none, valid or forged */
      reply_mark: z.string(),
      authentication: z.object({
        dmarc: z.string(),
        policy: z.string().nullable(),
        domain: z.string().nullable(),
        dkim: z.string(),
        spf: z.string(),
        detail: z.string(),
      }),
    })
    .nullable(),
  /** Why it counts as written by a machine: a line for each rule that fired. */
  classification: z.array(z.string()),
  /** Oldest first: each outcome with its reason, and what people did with it. */
  steps: z.array(
    z.object({
      at: schema.time,
      what: z.enum(['received', 'discovered', 'judged', 'retried', 'ordered', 'discarded']),
      state: state.nullable(),
      reason: z.string().nullable(),
      actor: schema.Person.nullable(),
    }),
  ),
  /** What may be done with it now. */
  may: z.array(z.enum(['retry', 'open-ticket', 'discard'])),
});

export const ledgerRoutes = {
  listLedger: route({
    summary: 'Every mail that came, and what it became and why, newest first',
    access: ADMINS,
    query: z.strictObject({
      state: state.optional(),
      /** id of a mailbox */
      mailbox: id.optional(),
      /** Words of the reason. */
      reason: schema.line(200).optional(),
      /** Words of sender, subject or Message-ID. */
      q: schema.line(200).optional(),
      limit: limit.optional(),
      cursor: z.string().max(40).optional(),
    }),
    response: z.object({ next: z.string().nullable(), previous: z.string().nullable(), results: z.array(line) }),
  }),
  readLedgerMessage: route({
    summary: 'One mail with every step from its discovery to what it is now',
    access: ADMINS,
    params: idParams,
    response: message,
  }),
  downloadSource: route({
    summary: 'The bytes of a mail as they came (RFC 5322), as a file',
    access: ADMINS,
    params: idParams,
    gives: 'stream',
    response: z.unknown(),
  }),
  retryMessage: route({
    summary: 'Have a mail that waits in quarantine, or that failed, judged again',
    access: ADMINS,
    params: idParams,
    response: message,
    status: 202,
  }),
  orderTicket: route({
    summary: 'Make a ticket of a mail that was suppressed or quarantined',
    access: ADMINS,
    params: idParams,
    response: message,
    status: 202,
  }),
  discardMessage: route({
    summary: 'End a mail that waits in quarantine; it is kept',
    access: ADMINS,
    params: idParams,
    body: z.strictObject({ reason: schema.words(500) }),
    response: message,
  }),
} satisfies Record<keyof typeof LEDGER_PATHS, Route>;
