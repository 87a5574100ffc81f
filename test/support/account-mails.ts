import { simpleParser, type ParsedMail } from 'mailparser';
import { notifyAccounts } from '../../src/mail/outbound/notify-accounts.ts';
import { OutboundMessage } from '../../src/mail/outbound/outbound-message.ts';
import { sendMessages } from '../../src/mail/outbound/send-messages.ts';
import type { TestDesk } from './desk.ts';

export interface AccountMail extends ParsedMail {
  envelope: string;
  raw: string;
}

/** Mails about accounts, step by step as the worker makes them. */
export function accountMails(desk: () => TestDesk) {
  const transaction: TestDesk['transaction'] = (work) => desk().transaction(work);

  /** Notices everything that waits for it, and gives the rows it made, oldest first. */
  const notify = async (): Promise<OutboundMessage[]> => {
    const [last] = await transaction(({ em }) =>
      em.execute<{ id: string | null }[]>('select max(id) as id from outbound_message'),
    );
    const notices = await transaction(({ em }) =>
      em.execute<{ id: string }[]>(`select id from account_notice where state = 'pending' order by id`),
    );
    const ids = notices.map(({ id }) => Number(id));
    await transaction((tx) => notifyAccounts(tx, ids, desk().jobs.notify));
    const made = { id: { $gt: Number(last?.id ?? 0) } };
    return transaction(({ em }) => em.find(OutboundMessage, made, { orderBy: { id: 'asc' } }));
  };

  /** Sends all of them, and gives `template → address` of each. */
  const deliver = async (): Promise<string[]> => {
    const rows = await notify();
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) await sendMessages(desk().transaction, ids, desk().jobs.send);
    return rows.map(({ template, recipient }) => `${template} → ${recipient}`);
  };

  /** The newest mail that came to an address. */
  const mailTo = async (address: string): Promise<AccountMail> => {
    const mail = desk().caught.mails.findLast(({ to }) => to.includes(address));
    if (!mail) throw new Error(`Nothing came to ${address}`);
    return { envelope: mail.from, raw: mail.raw, ...(await simpleParser(mail.raw)) };
  };

  /** The token of the link in the newest mail to an address; empty without one. */
  const tokenFor = async (address: string): Promise<string> => tokenOf((await mailTo(address)).text);

  return { notify, deliver, mailTo, tokenFor };
}

/** The token of the link that a mail carries. */
export function tokenOf(text = ''): string {
  return /\/link\/[a-z-]+#([\w-]{43})\s/.exec(text)?.[1] ?? '';
}
