import type { BlobStore } from '../../files/blob-store.ts';
import type { Keyring } from '../../secrets.ts';
import { replyAddress } from '../reply-token.ts';
import { composeMessage, type OutboundFile } from './compose.ts';
import { MAIL_TEMPLATES } from './mail-template.ts';
import type { AccountDraft } from './read-account-drafts.ts';
import type { Draft, DraftFile, TicketDraft } from './read-drafts.ts';
import { threadHeaders } from './references.ts';
import type { Templates } from './render-template.ts';

export interface ComposeDeps {
  templates: Templates;
  keyring: Keyring;
  blobs: BlobStore;
  /** Bytes of files that one mail carries. With more of them it names them, and they stay on the ticket's page. */
  attachmentLimit?: number;
}

const ATTACHMENT_LIMIT = 10_000_000;

/** The bytes of a draft: rendered in its reader's language, with their own reply address. Throws UnsafeHeader when it must not go out. */
export function composeDraft(draft: Draft, deps: ComposeDeps): Promise<Buffer> {
  return draft.about === 'ticket' ? composeTicketMail(draft, deps) : composeAccountMail(draft, deps);
}

async function composeTicketMail(draft: TicketDraft, deps: ComposeDeps): Promise<Buffer> {
  const { template, mailbox, ticketId, participantId, messageId } = draft;
  const attached = attaches(draft, deps.attachmentLimit ?? ATTACHMENT_LIMIT);
  const view = { ...draft.view, files: attached ? [] : draft.files.map(({ filename }) => filename) };
  return composeMessage({
    from: draft.from,
    to: draft.to,
    replyTo: participantId === null ? mailbox.address : replyAddress(deps.keyring, mailbox, ticketId, participantId),
    messageId,
    ...threadHeaders(draft.earlier, messageId),
    date: draft.date,
    ...deps.templates.render(template, draft.locale, view),
    submitted: draft.personal ? null : MAIL_TEMPLATES[template].submitted,
    files: attached ? await Promise.all(draft.files.map((file) => read(deps.blobs, file))) : [],
  });
}

/** It belongs to no conversation: an answer to it is a new request. */
function composeAccountMail({ template, ...draft }: AccountDraft, { templates }: ComposeDeps): Promise<Buffer> {
  const { from, to, mailbox, messageId, date } = draft;
  return composeMessage({
    ...{ from, to, messageId, date, replyTo: mailbox.address },
    ...threadHeaders([], messageId),
    ...templates.render(template, draft.locale, draft.view),
    submitted: MAIL_TEMPLATES[template].submitted,
    files: [],
  });
}

/** Files go with what a person at the desk wrote; a notice only names them. */
function attaches({ personal, files }: TicketDraft, limit: number): boolean {
  return personal && files.reduce((sum, { size }) => sum + size, 0) <= limit;
}

async function read(blobs: BlobStore, { filename, contentType, sha256 }: DraftFile): Promise<OutboundFile> {
  return { filename, contentType, bytes: await blobs.read(sha256) };
}
