import type { Transaction } from '../../db/transaction.ts';
import { AppError } from '../../errors.ts';
import type { MailTemplate } from '../outbound/mail-template.ts';
import { PARTS, type Part, type Refusal } from '../outbound/template/refusal.ts';
import { refusalsOf } from './list-texts.ts';

/** Names this kind of advisory lock: a text that nobody has changed yet has no row to lock. */
const LOCK = 7_310;

export interface TextChange {
  template: MailTemplate;
  locale: string;
  /** The version it was made for. */
  version: number;
  /** A part that is null is ours again; one that is not named stays as it is. */
  parts: Partial<Record<Part, string | null | undefined>>;
  actorId: number;
}

/**
 * Writes the next version of a mail text. 409 when somebody else wrote one since; 400 with line and column of what cannot be in it (T23). The
 * audit log has what was changed, without its words.
 */
export async function changeText(tx: Transaction, change: TextChange): Promise<void> {
  const { template, locale, version, parts, actorId } = change;
  refuseWrong(refusalsOf(template, parts));
  await tx.em.execute(`select pg_advisory_xact_lock(${LOCK}, hashtext(?))`, [`${template} ${locale}`]);
  const [last] = await tx.em.execute<({ version: number } & Record<Part, string | null>)[]>(
    `select version, subject, "text", html from mail_text where template = ? and locale = ? order by version desc limit 1`,
    [template, locale],
  );
  const current = last?.version ?? 0;
  if (version !== current)
    throw new AppError('version_conflict', 'The text has changed since you read it', { version: current });
  const before = (part: Part) => last?.[part] ?? null;
  const after = (part: Part) => (parts[part] === undefined ? before(part) : (parts[part] ?? null));
  const changed = PARTS.filter((part) => before(part) !== after(part));
  if (changed.length === 0) return;
  await tx.em.execute(
    `insert into mail_text (template, locale, version, subject, "text", html, author_id, created_at) values (?, ?, ?, ?, ?, ?, ?, ?)`,
    [template, locale, current + 1, after('subject'), after('text'), after('html'), actorId, tx.now],
  );
  const data = {
    template,
    locale,
    version: current + 1,
    parts: changed.join(' '),
    reset: PARTS.every((part) => after(part) === null),
  };
  tx.audit({ action: 'mail_text.changed', actorId, data });
}

/** 400: words for whoever reads only those, and the places for an editor. */
export function refuseWrong(refusals: readonly Refusal[]): void {
  if (refusals.length === 0) return;
  const words = PARTS.map(
    (part) =>
      [
        part,
        refusals
          .filter((refusal) => refusal.part === part)
          .map(({ line, column, message, allowed }) => {
            const instead = allowed.length > 0 ? `. Allowed: ${allowed.join(' ')}` : '';
            return `line ${line}, column ${column}: ${message}${instead}`;
          }),
      ] as const,
  ).filter(([, lines]) => lines.length > 0);
  throw new AppError('validation_failed', 'Field validation failed', { ...Object.fromEntries(words), refusals });
}
