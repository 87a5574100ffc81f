import type { Mailbox } from '../mailbox.ts';
import type { SourceDeps } from './mailbox-secret.ts';
import { maildirSource } from './maildir-source.ts';
import { openGmail } from './open-gmail.ts';
import { openImap } from './open-imap.ts';
import type { Source } from './source.ts';
import { SourceUnavailable } from './unavailable.ts';

/** The kinds that are asked for mail. A kind without an entry is one that this version cannot read. */
const OPENERS: Partial<Record<Mailbox['source'], (mailbox: Mailbox, deps: SourceDeps) => Source>> = {
  maildir: ({ sourceConfig }) => maildirSource(String(sourceConfig['path'] ?? '')),
  imap: openImap,
  gmail: openGmail,
};

/** The source of a polled mailbox. Throws `SourceUnavailable` when its configuration or its secret cannot be used. */
export function openSource(mailbox: Mailbox, deps: SourceDeps): Source {
  const open = OPENERS[mailbox.source];
  if (!open) throw new SourceUnavailable('permission', `This version reads no mailboxes of the kind ${mailbox.source}`);
  return open(mailbox, deps);
}
