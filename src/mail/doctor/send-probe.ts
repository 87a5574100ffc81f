import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { RunTransaction } from '../../db/transaction.ts';
import type { Keyring } from '../../secrets.ts';
import type { Mailbox } from '../mailbox.ts';
import { composeMessage } from '../outbound/compose.ts';
import { probeMessageId } from '../reply-token.ts';
import { fail, ok, type Finding } from '../sources/finding.ts';
import type { MailTransport } from '../transports/transport.ts';

export interface ProbeDeps {
  transaction: RunTransaction;
  keyring: Keyring;
  transport: MailTransport;
  /** Milliseconds until the probe must have come back. */
  patience: number;
}

const LOOK_EVERY = 250;

/**
 * Sends a mail from a mailbox to itself and waits until the ledger has it, by whatever way its mail takes. The desk knows it by its signed
 * Message-ID and suppresses it: it opens no ticket and is answered by nobody.
 */
export async function sendProbe(mailbox: Mailbox, deps: ProbeDeps): Promise<Finding[]> {
  const messageId = probeMessageId(deps.keyring, mailbox, randomInt(1, 2 ** 47));
  const started = performance.now();
  const result = await deps.transport.send({
    envelope: { from: mailbox.address, to: mailbox.address },
    mime: await composeProbe(mailbox, messageId),
  });
  if (result.kind !== 'sent') {
    const said = result.kind === 'refused' ? result.response : result.error;
    return [
      fail(
        'probe',
        `could not be sent: ${said}`,
        'See the lines about outbound mail; the server must let the desk send from this address',
      ),
    ];
  }
  const outcome = await waitFor(deps, mailbox, messageId);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (outcome) return [ok('probe', `sent, delivered and in the ledger after ${seconds} s: ${outcome}`)];
  return [
    fail(
      'probe',
      `sent (${result.response.slice(0, 100)}), but not in the ledger after ${seconds} s`,
      'See that a worker runs, that mail to the address comes to this mailbox and folder, and whether it lies in spam',
    ),
  ];
}

function composeProbe({ name, address }: Mailbox, messageId: string): Promise<Buffer> {
  const text = 'SmartSupport wrote this to itself, to see whether mail arrives. Nothing needs to be done.';
  return composeMessage({
    from: { name, address },
    to: { name: '', address },
    ...{ replyTo: address, messageId, inReplyTo: null, references: [], date: new Date() },
    ...{ subject: 'SmartSupport probe', text, html: `<p>${text}</p>`, submitted: 'auto-generated', files: [] },
  });
}

/** What the ledger says of it; null: it has not come. */
async function waitFor(
  { transaction, patience }: ProbeDeps,
  { id }: Mailbox,
  messageId: string,
): Promise<string | null> {
  const end = performance.now() + patience;
  for (;;) {
    const [row] = await transaction((tx) =>
      tx.em.execute<{ state: string; reason: string }[]>(
        `select i.state, i.reason from inbound_message i join mail_message m on m.id = i.mail_message_id where m.message_id = ? and i.mailbox_id = ?`,
        [messageId, id],
      ),
    );
    if (row) return `${row.state}, ${row.reason}`;
    if (performance.now() > end) return null;
    await pause(LOOK_EVERY);
  }
}
