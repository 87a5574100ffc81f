import { z } from 'zod';
import { ROLES, STATUSES, TRANSITION_NAMES } from '../tickets/lifecycle.ts';

export const PRIORITIES = ['critical', 'high', 'medium', 'low'] as const;
export const priority = z.enum(PRIORITIES);
export const status = z.enum(STATUSES);
/** ISO 8601 in UTC. */
export const time = z.iso.datetime();
/** A moment that PostgreSQL can read too: not the year 0. */
export const moment = time.refine((text) => !text.startsWith('0000'), 'is too long ago');
/** Half a surrogate pair is no text: in JSON PostgreSQL refuses it, elsewhere it would silently become another character. */
const wellFormed = [(text: string) => text.isWellFormed(), 'must be well-formed Unicode'] as const;
/** One line of text: no control characters, so that it can stand in a mail header. */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    // eslint-disable-next-line no-control-regex
    .regex(/^[^\u0000-\u001f\u007f\u0085\u2028\u2029]*$/, 'must be one line without control characters')
    .refine(...wellFormed);
/** Text of a person. PostgreSQL cannot store NUL. */
export const words = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => !text.includes('\u0000'), 'must not contain NUL')
    .refine(...wellFormed);

/** Text as it stands while it is written: blanks at its ends are kept, and it may be empty. */
export const unfinished = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => !text.includes('\u0000'), 'must not contain NUL')
    .refine(...wellFormed);

/** What somebody writes: as text, or as html of an editor, of which the text is made; one of both. */
export const commentWords = {
  body: words(100_000).optional(),
  body_html: words(200_000).optional(),
};

/** A mail address as it is stored: lower case, nothing round it. */
export const address = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .regex(/^[^\s"(),:;<>@[\\\]\p{Cc}]+@[^\s"(),:;<>@[\\\]\p{Cc}]+$/u, 'must be a mail address')
  .refine(...wellFormed);

export const Person = z.object({
  id: z.int(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
});

export const Attachment = z.object({
  id: z.int(),
  filename: z.string(),
  content_type: z.string(),
  /** bytes */
  size: z.int(),
  inline: z.boolean(),
  scan: z.enum(['unscanned', 'clean', 'infected', 'error']),
  /** Path of the download; needs the Authorization header. */
  url: z.string(),
  /** Path of a small picture, likewise; null when there is none. */
  thumbnail: z.string().nullable(),
});

export const Delivery = z.object({
  recipient: z.string(),
  state: z.enum(['pending', 'sending', 'sent', 'ambiguous', 'failed', 'suppressed']),
  reason: z.string().nullable(),
});

export const Comment = z.object({
  id: z.int(),
  author: Person,
  visibility: z.enum(['public', 'internal', 'pending']),
  channel: z.enum(['mail', 'portal', 'api']),
  body: z.string(),
  quoted: z.string(),
  signature: z.string(),
  /** The same as html of a few plain elements, as an editor made it; null when it was written as text, or came by mail. */
  body_html: z.string().nullable(),
  /** Short-lived path of the formatted mail, to be shown in a sandboxed frame; null when it was plain text, or no mail. */
  frame: z.string().nullable(),
  /** Whether the sender was authenticated; null for what was written in the portal. */
  verified: z.boolean().nullable(),
  /**
   * How far the writer is believed, for staff: T3 our token, from the person it was made for, with DMARC pass; T2 a known person with DMARC pass; T1 token and
   * person fit, nothing proves the sender; T0 the rest. null for what was written in the portal.
   */
  trust: z.enum(['T0', 'T1', 'T2', 'T3']).nullable(),
  created_at: time,
  /** Counts its edits, from 1. */
  revision: z.int(),
  edited_at: time.nullable(),
  /** Until when the reader may edit it; null: not, or not any more. */
  editable_until: time.nullable(),
  /** It waits until then, seen by staff only, and its author can take it back; null: it has gone out. */
  held_until: time.nullable(),
  attachments: z.array(Attachment),
  /** Mails that carried it out; staff only, else empty. */
  deliveries: z.array(Delivery),
});

/** What somebody has begun to write on a ticket, for them alone. */
export const Draft = z.object({
  visibility: z.enum(['public', 'internal']),
  body: z.string(),
  body_html: z.string().nullable(),
  /** Of a reply that was taken back; they go out with it. */
  files: z.array(z.object({ filename: z.string(), content_type: z.string(), size: z.int() })),
  /** Name it with the next change; 0: there is nothing yet. */
  version: z.int(),
  updated_at: time.nullable(),
});

export const TicketEvent = z.object({
  id: z.int(),
  type: z.string(),
  actor: Person.nullable(),
  channel: z.enum(['mail', 'portal', 'api', 'system', 'workflow']),
  data: z.record(z.string(), z.unknown()),
  created_at: time,
  /** Mails that it made, where it has no comment; staff only, else empty. */
  deliveries: z.array(Delivery),
});

/** Why an address or a ticket gets no mail for now. */
export const MailStop = z.object({
  id: z.int(),
  /** loop: mails went to and fro as between machines. bounce: mail to the address came back for good. */
  kind: z.enum(['loop', 'bounce']),
  /** null: of the whole ticket */
  address: z.string().nullable(),
  reason: z.string(),
  opened_at: time,
  /** When it ends by itself; null: when somebody resumes it. */
  until: time.nullable(),
});

/** Who reads the ticket, writes in it and gets its mail. */
export const Participant = z.object({
  person: Person,
  /** The reader may take them off the ticket. */
  may_remove: z.boolean(),
});

/** How sending a ticket to the workflow system goes. */
export const WorkflowSync = z.object({
  /** pending: it is due, or under way. failed: it was given up, and staff can have it tried again. */
  state: z.enum(['pending', 'sent', 'failed']),
  /** Tries, the one under way among them. */
  attempts: z.int(),
  /** What went wrong at the last one. */
  error: z.string().nullable(),
  /** What the workflow system calls it. */
  reference: z.string().nullable(),
  finished_at: time.nullable(),
});

/** Somebody whom a mail of the ticket names in To or Cc. Nothing of the ticket reaches them before somebody confirms it. */
export const Proposal = z.object({
  id: z.int(),
  address: z.string(),
  name: z.string(),
  /** Who wrote that mail; null: it is gone. */
  proposed_by: Person.nullable(),
  /** Whether its sender was authenticated. */
  verified: z.boolean(),
  created_at: time,
});

export const TicketSummary = z.object({
  id: z.int(),
  ticket_number: z.string(),
  subject: z.string(),
  status,
  priority: priority.nullable(),
  category: z.string().nullable(),
  sub_category: z.string().nullable(),
  department: z.string().nullable(),
  requester: Person,
  assignee: Person.nullable(),
  channel: z.enum(['mail', 'portal', 'api']),
  comment_count: z.int(),
  attachment_count: z.int(),
  created_at: time,
  updated_at: time,
});

export const Transition = z.object({
  name: z.enum(TRANSITION_NAMES),
  to: status,
  needs: z.array(z.enum(['priority', 'category', 'reason', 'comment', 'assignee'])),
});

export const Ticket = TicketSummary.extend({
  version: z.int(),
  status_reason: z.string().nullable(),
  scheduled_for: time.nullable(),
  resolved_at: time.nullable(),
  closed_at: time.nullable(),
  follows: z.object({ id: z.int(), ticket_number: z.string() }).nullable(),
  /** Oldest first. The first one is the description. */
  conversation: z.array(Comment),
  /** Oldest first. */
  events: z.array(TicketEvent),
  /** What keeps mail about it back, or mail to somebody on it; staff only, else empty. */
  mail_stops: z.array(MailStop),
  /** Who takes part, the requester among them. */
  participants: z.array(Participant),
  /** Staff who follow it and hear of it; staff only, else empty. */
  watchers: z.array(Person),
  /** Whom mails name; for staff and the requester, who confirm or decline it, else empty. */
  proposals: z.array(Proposal),
  /** Where it was sent to the workflow system, for staff; else null. */
  workflow: WorkflowSync.nullable(),
  /** What the reader may do to the status now. */
  transitions: z.array(Transition),
  /** Which comments the reader may write. */
  may_comment: z.array(z.enum(['public', 'internal'])),
});

/** How a mailbox fares. */
export const MailboxHealth = z.object({
  /** ok, or off by a person; failing: it cannot be read; stopped by the desk, until a person lets it go on; late: no worker has read it for minutes. */
  state: z.enum(['ok', 'off', 'failing', 'stopped', 'late']),
  trouble: z.enum(['unreachable', 'auth', 'permission', 'quota', 'renumbered']).nullable(),
  since: time.nullable(),
  /** In the server's words. */
  error: z.string().nullable(),
  last_polled_at: time.nullable(),
  /** Messages that only the comparison of server and ledger found. */
  missed: z.int(),
});

/** What the doctor said of a mailbox, line by line, or what its mail would become. */
export const TaskReport = z.union([
  z.object({
    findings: z.array(
      z.object({
        check: z.string(),
        level: z.enum(['ok', 'warn', 'fail']),
        text: z.string(),
        /** What to do about it. */
        advice: z.string().nullable(),
      }),
    ),
  }),
  z.object({
    /** In one sentence. */
    text: z.string(),
    counts: z.object({
      messages: z.int(),
      tickets: z.int(),
      comments: z.int(),
      suppressed: z.int(),
      quarantined: z.int(),
      /** Could not be read now; they would be tried again. */
      unread: z.int(),
      /** Acknowledgements that would go out, at most. */
      mails: z.int(),
    }),
  }),
]);

/** Work that goes on after its request was answered. */
export const Task = z.object({
  id: z.int(),
  kind: z.string(),
  state: z.enum(['queued', 'running', 'done', 'failed']),
  /** Parts that are done, of how many, and how many of them were refused. */
  progress: z.int(),
  total: z.int(),
  failed: z.int(),
  /** A line for each part that is done, by the id of what it was about. */
  result: z.array(
    z.object({
      id: z.int(),
      ok: z.boolean(),
      /** What a look at a mailbox found; null: there was none. */
      report: TaskReport.nullable(),
      problem: z.object({ error: z.string(), code: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
      /** A word for what became of it, and the id of what it made or found, where its kind says so. */
      outcome: z.string().nullable(),
      subject_id: z.int().nullable(),
    }),
  ),
  /** The file that it makes; null: none. */
  file: z
    .object({
      name: z.string(),
      content_type: z.string(),
      /** Path of the download; needs the Authorization header. null: not yet, or not any more. */
      url: z.string().nullable(),
      /** Until when it can be downloaded; null: it is not there yet. */
      until: time.nullable(),
    })
    .nullable(),
  /** Why it ended before it was through. */
  error: z.string().nullable(),
  created_at: time,
  finished_at: time.nullable(),
});

export const Session = z.object({
  access: z.string(),
  /** null when it went into the cookie (X-Client: portal). */
  refresh: z.string().nullable(),
  /** seconds the access token is good for */
  expires_in: z.int(),
  id: z.int(),
  email: z.string(),
  role: z.enum(ROLES),
  first_name: z.string(),
  last_name: z.string(),
  /** Good for nothing but setting up the second factor that is required. */
  enrolment_required: z.boolean(),
});

export const LocalMail = z.object({
  id: z.int(),
  from: z.string(),
  to: z.array(z.string()),
  subject: z.string(),
  date: time,
  raw: z.string(),
});
