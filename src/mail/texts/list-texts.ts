import type { Transaction } from '../../db/transaction.ts';
import { displayName } from '../../people/employee.ts';
import { MAIL_TEMPLATE_NAMES, type MailTemplate } from '../outbound/mail-template.ts';
import type { OwnText, Templates } from '../outbound/render-template.ts';
import { checkTemplate } from '../outbound/template/check-template.ts';
import { PARTS, type Part, type Refusal } from '../outbound/template/refusal.ts';

/** A version of a text. `author`: null when they are gone; `subject` and its sisters: null where the text is ours. */
export interface TextVersion extends Record<Part, string | null> {
  version: number;
  at: Date;
  author: { id: number; name: string } | null;
}

/** A mail in a language, as the list has it. `version` 0: nobody has ever changed it. */
export interface TextLine {
  template: MailTemplate;
  locale: string;
  version: number;
  changed: Part[];
  changedAt: Date | null;
  /** What cannot be used of it, so that ours goes out instead. */
  broken: Refusal[];
}

interface Row extends OwnText {
  template: MailTemplate;
  version: number;
  created_at: string;
}

/** Every mail in every language we have, with what admins changed of it. */
export async function listTexts({ em }: Transaction, { locales }: Templates): Promise<TextLine[]> {
  const rows = await em.execute<Row[]>(
    `select distinct on (template, locale) template, locale, version, subject, "text", html, created_at from mail_text
      order by template, locale, version desc`,
  );
  return MAIL_TEMPLATE_NAMES.flatMap((template) =>
    locales.map((locale) => {
      const row = rows.find((one) => one.template === template && one.locale === locale);
      return {
        ...{ template, locale, version: row?.version ?? 0 },
        changed: row ? PARTS.filter((part) => row[part] !== null) : [],
        changedAt: row ? new Date(row.created_at) : null,
        broken: row ? refusalsOf(template, row) : [],
      };
    }),
  );
}

/** Versions that are shown; older ones stay in the database. */
const SHOWN = 50;

/** The versions of a text, newest first. */
export async function listVersions(
  { em }: Transaction,
  template: MailTemplate,
  locale: string,
): Promise<TextVersion[]> {
  const rows = await em.execute<
    (Row & { author_id: string | null; firstName: string; lastName: string; email: string })[]
  >(
    `select m.version, m.subject, m."text", m.html, m.created_at, e.id as author_id, e.first_name as "firstName", e.last_name as "lastName", e.email
       from mail_text m left join employee e on e.id = m.author_id
      where m.template = ? and m.locale = ? order by m.version desc limit ${SHOWN}`,
    [template, locale],
  );
  return rows.map(({ version, subject, text, html, created_at, author_id, ...person }) => ({
    ...{ version, subject, text, html, at: new Date(created_at) },
    author: author_id === null ? null : { id: Number(author_id), name: displayName(person) },
  }));
}

/** What is wrong with the parts that are not ours. */
export function refusalsOf(template: MailTemplate, text: Partial<Record<Part, string | null | undefined>>): Refusal[] {
  return PARTS.flatMap((part) => {
    const source = text[part] ?? null;
    return source === null ? [] : checkTemplate(template, part, source);
  });
}
