import type { Transaction } from '../../db/transaction.ts';
import { linkToken } from '../../people/account-link.ts';
import { ACCOUNT_TEMPLATES, type AccountTemplate } from '../../people/account-notice.ts';
import { hasOwnName, type Employee } from '../../people/employee.ts';
import { nameOf, type DraftDeps, type Sheet } from './draft.ts';
import type { AccountView, DeskView } from './mail-view.ts';
import { oneLine } from './one-line.ts';
import type { OutboundMessage } from './outbound-message.ts';

/** A mail about an account: no thread, no files, no person's words but a reason. */
export interface AccountDraft extends Sheet<AccountTemplate> {
  about: 'account';
  view: AccountView;
}

interface Notice {
  id: string;
  template: string;
  data: Record<string, string>;
  created_at: string;
  link_id: string | null;
  purpose: string | null;
  nonce: string | null;
  expires_at: string | null;
  /** null without a link */
  alive: boolean | null;
}

/** Drafts of those rows that are about an account. One whose link was used, ended or ran out gets none: nobody is sent a dead link. */
export async function readAccountDrafts(
  { em, now }: Transaction,
  rows: readonly OutboundMessage[],
  desk: DeskView,
  deps: DraftDeps,
): Promise<AccountDraft[]> {
  const ids = rows.flatMap(({ accountNoticeId }) => accountNoticeId ?? []);
  if (ids.length === 0) return [];
  const notices = await em.execute<Notice[]>(
    `select n.id, n.template, n.data, n.created_at, n.link_id, l.purpose, l.nonce, l.expires_at, l.used_at is null and l.expires_at > ? as alive
       from account_notice n left join account_link l on l.id = n.link_id where n.id in (?)`,
    [now, ids],
  );
  return rows.flatMap((row) => {
    const notice = notices.find(({ id }) => Number(id) === row.accountNoticeId);
    return notice ? draftOf(row, notice, desk, deps) : [];
  });
}

function draftOf(row: OutboundMessage, notice: Notice, desk: DeskView, deps: DraftDeps): AccountDraft[] {
  const { person, mailbox, messageId } = row;
  const template = ACCOUNT_TEMPLATES.find((name) => name === row.template);
  if (!person || !template || !messageId || (notice.link_id && !notice.alive)) return [];
  const known = hasOwnName(person) ? person : null;
  return [
    {
      about: 'account',
      ...{ id: row.id, template, locale: row.locale, messageId, date: row.createdAt },
      from: { name: desk.name, address: mailbox.address },
      to: { name: known?.firstName ? nameOf(known) : '', address: row.recipient },
      mailbox,
      view: {
        desk,
        recipient: { name: oneLine(known?.firstName ?? '').slice(0, 60) },
        account: accountOf(person),
        event: eventOf(notice),
        link: linkOf(notice, template, deps),
      },
    },
  ];
}

function accountOf({ email, companyId, status }: Employee): AccountView['account'] {
  return { email, companyId: companyId ?? '', status };
}

function eventOf({ created_at, data }: Notice): AccountView['event'] {
  const { reason = '', change = '', email = '' } = data;
  return { at: new Date(created_at), reason: reason.trim(), change, email };
}

/** Pages of mails that carry no link of their own; else it is the sign-in page. */
const PAGES: Partial<Record<AccountTemplate, string>> = {
  'registration-rejected': '/register',
  'mailbox-failing': '/',
  'mailbox-recovered': '/',
};

/** The token stands behind a #: browsers keep it to themselves, so that it is in no log of a server or proxy (V31). */
function linkOf(notice: Notice, template: AccountTemplate, { publicUrl, links }: DraftDeps): AccountView['link'] {
  const { purpose, nonce, expires_at } = notice;
  if (!purpose || !nonce || !expires_at) return { url: `${publicUrl}${PAGES[template] ?? '/sign-in'}`, until: null };
  return { url: `${publicUrl}/link/${purpose}#${linkToken(links, nonce)}`, until: new Date(expires_at) };
}
