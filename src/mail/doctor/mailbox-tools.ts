import type { RunTransaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import type { Keyring } from '../../secrets.ts';
import { Mailbox } from '../mailbox.ts';
import { fail, ok, type Finding } from '../sources/finding.ts';
import { readSecret } from '../sources/mailbox-secret.ts';
import { SourceUnavailable } from '../sources/unavailable.ts';
import type { SmtpServer } from '../transports/smtp-connection.ts';
import { smtpTransport } from '../transports/smtp-transport.ts';
import type { MailTransport } from '../transports/transport.ts';
import type { Drop } from './examine-drop.ts';
import { examineMailbox } from './examine-mailbox.ts';
import { presentRehearsal, rehearseMailbox, type RehearseDeps, type Rehearsal } from './rehearse-mailbox.ts';
import { sendProbe } from './send-probe.ts';
import { withoutSecrets } from './without-secrets.ts';

/** What a look at a mailbox found. */
export type TaskReport = { findings: Finding[] } | { text: string; counts: Rehearsal };

/** Doctor and dry run of stored mailboxes. Both change nothing, and name no secret. */
export interface MailboxTools {
  examine(id: number, options: { probe: boolean }): Promise<{ findings: Finding[] }>;
  /** Throws AppError when the mailbox cannot be read. */
  rehearse(id: number): Promise<{ text: string; counts: Rehearsal }>;
}

export interface MailboxToolDeps extends RehearseDeps {
  transaction: RunTransaction;
  sealing: Keyring;
  drops: readonly Drop[];
  /** The way out of a mailbox that has one of its own. */
  transportOf: (mailbox: Mailbox) => MailTransport | null;
  /** The server that the desk sends by; null: local mode, where nothing leaves the machine. */
  desk: SmtpServer | null;
  /** Of the configuration, to be kept out of what is said. */
  secrets: readonly string[];
}

/** Milliseconds that a probe may take to come back. */
const PATIENCE = 60_000;

export function mailboxTools(deps: MailboxToolDeps): MailboxTools {
  async function find(id: number): Promise<{ mailbox: Mailbox; clean: (text: string) => string }> {
    const mailbox = await deps.transaction((tx) => tx.em.findOne(Mailbox, { id }));
    if (!mailbox) throw new AppError('not_found', 'There is no such mailbox any more');
    const secrets = [...deps.secrets, ...secretsIn(mailbox, deps.sealing)];
    return { mailbox, clean: (text) => withoutSecrets(text, secrets).replace(/\s+/g, ' ') };
  }

  return {
    async examine(id, { probe }) {
      const { mailbox, clean } = await find(id);
      const { sourceOf, drops } = deps;
      const findings = [
        ...(await examineMailbox(mailbox, { sourceOf, drops, now: new Date() })),
        ...(await examineOutbound(mailbox, deps)),
        ...(probe && mailbox.enabled ? await probeMailbox(mailbox, deps) : []),
      ];
      return { findings: findings.map((finding) => ({ ...finding, text: clean(finding.text) })) };
    },
    async rehearse(id) {
      const { mailbox, clean } = await find(id);
      try {
        const counts = await rehearseMailbox(mailbox, deps);
        return { text: presentRehearsal(mailbox, counts), counts };
      } catch (error) {
        if (!(error instanceof SourceUnavailable)) throw error;
        throw new AppError('conflict', `The mailbox cannot be read: ${clean(error.message)}. Ask the doctor`);
      }
    },
  };
}

/** Where the desk itself takes mail. */
export function dropsOf(config: {
  smtpDropHost: string;
  smtpDropPort: number | null;
  lmtpDropPort: number | null;
}): Drop[] {
  return [config.smtpDropPort, config.lmtpDropPort].flatMap((port) =>
    port ? { host: config.smtpDropHost, port } : [],
  );
}

/** Secrets of a mailbox, as texts that must not be said. */
export function secretsIn(mailbox: Mailbox, sealing: Keyring): string[] {
  try {
    return Object.values(readSecret(mailbox, sealing)).filter((value) => typeof value === 'string');
  } catch (error) {
    if (error instanceof SourceUnavailable) return []; // the examination says so
    throw error;
  }
}

async function examineOutbound(mailbox: Mailbox, { desk, transportOf }: MailboxToolDeps): Promise<Finding[]> {
  if (!desk)
    return [ok('outbound server', 'local mode: what the desk sends is caught and shown on the page Local mail')];
  try {
    const transport = transportOf(mailbox) ?? smtpTransport(desk);
    try {
      return (await transport.examine?.()) ?? [];
    } finally {
      await transport.close();
    }
  } catch (error) {
    if (!(error instanceof SourceUnavailable)) throw error;
    return [fail('outbound credentials', error.message, 'Enter the secrets by which its mail goes out again')];
  }
}

/** In local mode the probe is handed to the desk's own drop. */
async function probeMailbox(mailbox: Mailbox, deps: MailboxToolDeps): Promise<Finding[]> {
  const { transaction, replyTokens: keyring, drops, desk, transportOf } = deps;
  const [drop = { host: '127.0.0.1', port: 0 }] = drops;
  const own = desk && transportOf(mailbox);
  const transport = own ?? smtpTransport(desk ?? { ...drop, secure: false, auth: null });
  try {
    return await sendProbe(mailbox, { transaction, keyring, transport, patience: PATIENCE });
  } finally {
    await transport.close();
  }
}
