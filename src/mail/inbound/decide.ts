import { FINAL_STATUSES, type Status } from '../../tickets/lifecycle.ts';
import type { Trust, Visibility } from '../../tickets/comment.ts';
import type { MailClass, SenderAuthentication } from './inbound-mail.ts';

/** Everything a decision depends on, gathered beforehand: `decide` reads nothing else. */
export interface Facts {
  /** Id of the delivery by which the same logical message came before. */
  duplicateOf: number | null;
  /** A person said that it becomes a ticket, and it is none yet. */
  ordered: boolean;
  /** It carries a Message-ID that we signed. */
  own: boolean;
  /** It is the doctor's probe. */
  probe: boolean;
  /** It came to the bounce address of one of our mails: what is written there answers an envelope, and no person does. */
  toBounceAddress: boolean;
  receivedCount: number;
  class: Pick<MailClass, 'autoReply' | 'bounce' | 'noAutoAnswer' | 'abuseReport' | 'reasons'>;
  /** A machine reports something nobody asked for (RFC 3834 auto-generated), rather than answering us. */
  report: boolean;
  /** How the author was found; `none` when there is no usable address. */
  fromSource: 'from' | 'reply-to' | 'sender' | 'return-path' | 'none';
  authentication: Pick<SenderAuthentication, 'dmarc' | 'policy'>;
  senderTrust: 'verify' | 'submission';
  sender: { status: 'contact' | 'pending' | 'approved' | 'rejected' | 'disabled'; staff: boolean } | null;
  /** What the reply tokens of its addresses and references say. */
  token: 'none' | 'forged' | 'valid';
  /** The ticket it belongs to: by its token, or else by a reference to a message we know. */
  ticket: {
    id: number;
    status: Status;
    by: 'token' | 'reference';
    /** The sender is the participant the token was made for, or (by reference) a confirmed participant or staff. */
    fits: boolean;
    /** Nobody touched it for long, and the mail has another subject than it: a new matter in an old thread. */
    drifts: boolean;
  } | null;
  /** The ticket of a message that answers this one and came before it; `fits`: the sender takes part in it. */
  awaited: { id: number; status: Status; fits: boolean } | null;
  /** It was there before the desk was: nothing it does is told to anybody, and nobody checked who sent it. */
  imported: boolean;
  /** null: the mailbox takes requests of this sender. Otherwise why it does not. */
  unwelcome: string | null;
}

/** What to do with a message. Each case carries all that its execution needs; `reason` is a sentence for the ledger. */
export type Decision =
  | { do: 'open-ticket'; reason: string; followsId: number | null }
  | {
      do: 'add-comment';
      reason: string;
      ticketId: number;
      visibility: Exclude<Visibility, 'internal'>;
      mayMove: boolean;
      /** It stands in the conversation where it belongs by the time it came, not at the end. */
      inOrder: boolean;
    }
  | { do: 'record-bounce' | 'suppress' | 'quarantine'; reason: string };

/** How the reason begins when a mailbox does not take the sender. */
export const UNWELCOME = 'not for this mailbox';

/** RFC 5321 §6.3: more Received lines than this are a loop. */
const MOST_RECEIVED = 50;

/** T0–T3, from the proof there is. A sender who is not known yet is one we know from now on. */
export function trustOf({ fromSource, authentication, senderTrust, sender, token, ticket }: Facts): Trust {
  const proven = fromSource === 'from' && (senderTrust === 'submission' || authentication.dmarc === 'pass');
  const active = sender === null || ['contact', 'pending', 'approved'].includes(sender.status);
  const tokenFits = token === 'valid' && ticket?.by === 'token' && ticket.fits && active;
  if (proven && tokenFits) return 'T3';
  if (proven && active) return 'T2';
  if (tokenFits && authentication.dmarc !== 'fail' && fromSource === 'from') return 'T1';
  return 'T0';
}

/** Pure: the same facts always give the same decision, so every rule is one line of a test table. First match wins. */
export function decide(facts: Facts): Decision {
  if (facts.ordered) return open(null, 'a person made it a ticket');
  return refuse(facts) ?? suppress(facts) ?? quarantine(facts) ?? thread(facts) ?? join(facts) ?? request(facts);
}

/** What is no request at all, whoever sent it. */
function refuse({ duplicateOf, own, probe, receivedCount }: Facts): Decision | null {
  if (duplicateOf !== null) return suppressed(`duplicate: the same message came before, as delivery ${duplicateOf}`);
  if (probe) return suppressed('own probe: the mailbox doctor sent it, and it came back');
  if (own) return suppressed('own message: the desk sent it itself');
  if (receivedCount > MOST_RECEIVED) return quarantined(`mail loop: ${receivedCount} Received lines`);
  return null;
}

/** What machines write about our mail. It is recorded and never answered (RFC 3834 §2). */
function suppress({
  class: { bounce, autoReply, abuseReport, reasons },
  report,
  token,
  ticket,
  toBounceAddress,
}: Facts): Decision | null {
  if (abuseReport) return suppressed('abuse report: somebody marked our mail as spam');
  if (bounce) return { do: 'record-bounce', reason: `delivery report: ${reasons.join('; ')}` };
  if (toBounceAddress) return suppressed('automatic answer: it came to a bounce address, where only machines write');
  if (autoReply && !(report && token === 'none' && ticket === null))
    return suppressed(`automatic answer: ${reasons.join('; ')}`);
  return null;
}

/** What a person has to look at first. */
function quarantine({ fromSource, senderTrust, authentication, sender, token }: Facts): Decision | null {
  if (fromSource === 'none') return quarantined('no usable sender: nobody could be answered');
  const { dmarc, policy } = authentication;
  const strict = policy === 'quarantine' || policy === 'reject';
  if (senderTrust === 'verify' && dmarc === 'fail' && strict)
    return quarantined(`forged sender: its domain asks to ${policy} what fails DMARC, and this did`);
  if (sender?.status === 'disabled' || sender?.status === 'rejected')
    return quarantined(`the sender's account is ${sender.status}`);
  const proven = senderTrust === 'submission' || dmarc === 'pass';
  if (token === 'forged' && !proven) return quarantined('forged reply token from a sender who is not verified');
  return null;
}

/** Where it belongs to a ticket. */
function thread(facts: Facts): Decision | null {
  const { ticket, sender } = facts;
  if (!ticket) return null;
  const trust = trustOf(facts);
  const over = FINAL_STATUSES.includes(ticket.status);
  if (ticket.by === 'reference') {
    if (!(trust === 'T2' || facts.imported) || !ticket.fits) return null; // no right to write there: a request of its own
    if (over) return open(ticket.id, `it answers a ticket that is ${ticket.status}`);
    if (ticket.drifts) return open(ticket.id, 'it refers to an old ticket under another subject');
    return comment(
      ticket.id,
      'public',
      false,
      'it refers to a message of this ticket, and the sender takes part in it',
    );
  }
  if (!ticket.fits)
    return comment(ticket.id, 'pending', false, 'valid reply token, but from another sender: staff decide');
  if (trust === 'T0')
    return comment(ticket.id, 'pending', false, 'valid reply token, but the sender is not verified: staff decide');
  if (sender?.staff && trust !== 'T3')
    return comment(ticket.id, 'pending', false, 'staff act by mail only when verified');
  if (over) return open(ticket.id, `it answers a ticket that is ${ticket.status}`);
  if (ticket.drifts) return open(ticket.id, 'it answers an old ticket under another subject');
  return comment(
    ticket.id,
    'public',
    trust === 'T3',
    `valid reply token, sender ${trust === 'T3' ? 'verified' : 'not verified'}`,
  );
}

/** What was answered before it came: it goes where the answer waits for it, if its sender takes part there. */
function join(facts: Facts): Decision | null {
  const { awaited, imported } = facts;
  const proven = trustOf(facts) === 'T2' || imported;
  if (!awaited || !awaited.fits || !proven || FINAL_STATUSES.includes(awaited.status)) return null;
  const joined = comment(awaited.id, 'public', false, 'an answer to it came first, and opened this ticket');
  return { ...joined, inOrder: true };
}

function request({ unwelcome, awaited }: Facts): Decision {
  if (unwelcome) return quarantined(`${UNWELCOME}: ${unwelcome}`);
  if (awaited) return open(awaited.id, 'a new request; an answer to it came first, and stands in another ticket');
  return open(null, 'a new request');
}

function open(followsId: number | null, reason: string): Decision {
  return { do: 'open-ticket', followsId, reason };
}

function comment(ticketId: number, visibility: 'public' | 'pending', mayMove: boolean, reason: string) {
  return { do: 'add-comment', ticketId, visibility, mayMove, inOrder: false, reason } as const;
}

function suppressed(reason: string): Decision {
  return { do: 'suppress', reason };
}

function quarantined(reason: string): Decision {
  return { do: 'quarantine', reason };
}
