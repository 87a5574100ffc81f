import type { BlobStore } from '../../files/blob-store.ts';
import type { Keyring } from '../../secrets.ts';
import { replyAddress } from '../reply-token.ts';
import { composeMessage, type DkimKey, type OutboundFile, type OutboundMail } from './compose.ts';
import { MAIL_TEMPLATES } from './mail-template.ts';
import type { AccountDraft } from './read-account-drafts.ts';
import type { DigestDraft } from './read-digests.ts';
import type { Draft, DraftFile, TicketDraft } from './read-drafts.ts';
import { threadHeaders } from './references.ts';
import type { Templates } from './render-template.ts';

export interface ComposeDeps {
  templates: Templates;
  keyring: Keyring;
  blobs: BlobStore;
  /** Bytes of files that one mail carries. With more of them it names them, and they stay on the ticket's page. */
  attachmentLimit?: number;
  /** Signs what goes out from its domain; null: somebody else does. */
  dkim?: DkimKey | null;
}

const ATTACHMENT_LIMIT = 10_000_000;

/** The bytes of a draft: rendered in its reader's language, with their own reply address. Throws UnsafeHeader when it must not go out. */
export function composeDraft(draft: Draft, deps: ComposeDeps): Promise<Buffer> {
  if (draft.about === 'ticket') return composeTicketMail(draft, deps);
  return draft.about === 'digest' ? composeDigest(draft, deps) : composeAccountMail(draft, deps);
}

/** Signed where the key is one of the sender's domain: a signature of another would prove nothing (DMARC, RFC 7489 §3.1). */
function compose(mail: OutboundMail, { dkim = null }: ComposeDeps): Promise<Buffer> {
  const domain = mail.from.address.slice(mail.from.address.lastIndexOf('@') + 1);
  const aligned = dkim && (domain === dkim.domain || domain.endsWith(`.${dkim.domain}`));
  return composeMessage(mail, aligned ? dkim : null);
}

async function composeTicketMail(draft: TicketDraft, deps: ComposeDeps): Promise<Buffer> {
  const { template, mailbox, ticketId, participantId, messageId } = draft;
  const attached = attaches(draft, deps.attachmentLimit ?? ATTACHMENT_LIMIT);
  const view = { ...draft.view, files: attached ? [] : draft.files.map(({ filename }) => filename) };
  const mail = {
    from: draft.from,
    to: draft.to,
    replyTo: participantId === null ? mailbox.address : replyAddress(deps.keyring, mailbox, ticketId, participantId),
    messageId,
    ...threadHeaders(draft.earlier, messageId),
    date: draft.date,
    ...deps.templates.render(template, draft.locale, view, draft.own),
    submitted: draft.personal ? null : MAIL_TEMPLATES[template].submitted,
    files: attached ? await Promise.all(draft.files.map((file) => read(deps.blobs, file))) : [],
  };
  return compose(mail, deps);
}

/** It belongs to no conversation: an answer to it is a new request. */
function composeAccountMail({ template, ...draft }: AccountDraft, deps: ComposeDeps): Promise<Buffer> {
  const { from, to, mailbox, messageId, date } = draft;
  const mail = {
    ...{ from, to, messageId, date, replyTo: mailbox.address },
    ...threadHeaders([], messageId),
    ...deps.templates.render(template, draft.locale, draft.view, draft.own),
    submitted: MAIL_TEMPLATES[template].submitted,
    files: [],
  };
  return compose(mail, deps);
}

/** Its reader ends it with one click (RFC 8058). */
function composeDigest({ template, ...draft }: DigestDraft, deps: ComposeDeps): Promise<Buffer> {
  const { from, to, mailbox, messageId, date, unsubscribe } = draft;
  const mail = {
    ...{ from, to, messageId, date, replyTo: mailbox.address, unsubscribe },
    ...threadHeaders([], messageId),
    ...deps.templates.render(template, draft.locale, draft.view, draft.own),
    submitted: MAIL_TEMPLATES[template].submitted,
    files: [],
  };
  return compose(mail, deps);
}

/** Files go with what a person at the desk wrote; a notice only names them. */
function attaches({ personal, files }: TicketDraft, limit: number): boolean {
  return personal && files.reduce((sum, { size }) => sum + size, 0) <= limit;
}

async function read(blobs: BlobStore, { filename, contentType, sha256 }: DraftFile): Promise<OutboundFile> {
  return { filename, contentType, bytes: await blobs.read(sha256) };
}
