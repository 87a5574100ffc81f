import type { Transaction } from '../../db/transaction.ts';
import type { MailTemplate } from '../outbound/mail-template.ts';
import type { OwnText } from '../outbound/render-template.ts';

/** What admins wrote, as it counts now: a text for each language of each of these mails that has one. */
export async function readOwnTexts(
  { em }: Pick<Transaction, 'em'>,
  templates: readonly MailTemplate[],
): Promise<Map<MailTemplate, OwnText[]>> {
  if (templates.length === 0) return new Map();
  const rows = await em.execute<(OwnText & { template: MailTemplate })[]>(
    `select distinct on (template, locale) template, locale, subject, "text", html from mail_text
      where template in (?) order by template, locale, version desc`,
    [[...new Set(templates)]],
  );
  return Map.groupBy(rows, ({ template }) => template);
}
