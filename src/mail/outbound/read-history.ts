import type { Transaction } from '../../db/transaction.ts';
import { displayName } from '../../people/employee.ts';
import { cleanRichText } from '../../tickets/rich-text.ts';
import { escapeHtml } from '../inbound/parse/mime/escape-html.ts';
import { writtenWords, type QuotedWords, type WrittenWords } from './mail-view.ts';
import { oneLine } from './one-line.ts';
import { wrapText } from './wrap-text.ts';

/** Characters of a message that are quoted: the conversation itself is on the ticket's page. */
const QUOTED = 4000;

interface Row {
  id: string;
  body: string;
  created_at: string;
  first_name: string;
  last_name: string;
  email: string;
}

/** What each of these comments answers: the public message before it, as everybody on the ticket has it. One that waits to be sent is none yet. */
export async function readHistory(tx: Transaction, comments: readonly number[]): Promise<Map<number, QuotedWords>> {
  if (comments.length === 0) return new Map();
  const rows = await tx.em.execute<Row[]>(
    `select c.id, b.body, b.created_at, p.first_name, p.last_name, p.email
       from comment c
       cross join lateral (
         select * from comment b where b.ticket_id = c.ticket_id and b.visibility = 'public' and b.id < c.id
            and not exists (select from ticket_event e where e.comment_id = b.id and e.notice_after > ?)
          order by b.id desc limit 1) b
       join employee p on p.id = b.author_id
      where c.id in (?)`,
    [tx.now, comments],
  );
  return new Map(rows.map((row) => [Number(row.id), quoted(row)]));
}

function quoted({ body, created_at: at, first_name: firstName, last_name: lastName, email }: Row): QuotedWords {
  const whole = Array.from(body.trim());
  const text = whole.length > QUOTED ? `${whole.slice(0, QUOTED).join('')}…` : whole.join('');
  const by = oneLine(displayName({ firstName, lastName, email })).slice(0, 80);
  return { by, at: new Date(at), words: quotedWords(writtenWords(text)) };
}

/** As mail clients quote: marks before each line (RFC 3676 §4.5), in html a quotation. */
function quotedWords({ text, paragraphs, preview }: WrittenWords): WrittenWords {
  const lines = wrapText(text, 70).split('\n');
  const html = paragraphs.map((paragraph) => `<p>${paragraph.map(escapeHtml).join('<br />')}</p>`).join('');
  return {
    text: lines.map((line) => (line.startsWith('>') ? `>${line}` : `> ${line}`.trimEnd())).join('\n'),
    html: cleanRichText(`<blockquote>${html}</blockquote>`),
    ...{ paragraphs, preview },
  };
}
