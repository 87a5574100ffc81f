import type { Transaction } from '../../db/transaction.ts';
import { SHARED_SECONDS, sharedFileToken } from '../../files/download-token.ts';
import type { Keyring } from '../../secrets.ts';
import { ticketNumber } from '../../tickets/ticket.ts';

interface Row {
  number: string;
  subject: string;
  description: string | null;
  status: string;
  priority: string | null;
  category: string | null;
  sub_category: string | null;
  department: string | null;
  channel: string;
  scheduled_for: string | Date | null;
  created_at: string | Date;
  requester: { id: number; company_id: string | null; first_name: string; last_name: string; email: string };
  files: { id: number; filename: string; content_type: string; size: number; sha256: string }[] | null;
}

const TICKET = `
  select t.number, t.subject, t.status, t.priority, t.channel, t.scheduled_for, t.created_at,
      (select name from category where id = t.category_id) as category, (select name from category where id = t.sub_category_id) as sub_category,
      (select name from department where id = t.department_id) as department,
      (select c.body from comment c where c.ticket_id = t.id and c.visibility = 'public' order by c.created_at, c.id limit 1) as description,
      json_build_object('id', e.id, 'company_id', e.company_id, 'first_name', e.first_name, 'last_name', e.last_name, 'email', e.email) as requester,
      (select json_agg(json_build_object('id', f.id, 'filename', f.filename, 'content_type', f.content_type, 'size', f.size, 'sha256', f.sha256) order by f.id)
        from attachment f where f.ticket_id = t.id and f.visibility = 'public' and f.scan <> 'infected') as files
    from ticket t join employee e on e.id = t.requester_id where t.id = ?`;

/** What the links of a message are made with: the desk's address and what signs them. */
export interface MessageDeps {
  publicUrl: string;
  frames: Keyring;
}

/** A ticket as the workflow system is told it, with a link to each public file that needs no sign-in and ends after a day; null: it is gone. */
export async function workflowMessage(
  { em, now }: Transaction,
  ticketId: number,
  { publicUrl, frames }: MessageDeps,
): Promise<object | null> {
  const [row] = await em.execute<Row[]>(TICKET, [ticketId]);
  if (!row) return null;
  const { requester, files, number, ...ticket } = row;
  const until = Math.floor(now.getTime() / 1000) + SHARED_SECONDS;
  return {
    type: 'ticket.open',
    ticket: {
      ...{ id: ticketId, ticket_number: ticketNumber(Number(number)), ...ticket },
      scheduled_for: ticket.scheduled_for && new Date(ticket.scheduled_for).toISOString(),
      created_at: new Date(ticket.created_at).toISOString(),
      url: `${publicUrl}/tickets/${ticketId}`,
    },
    requester: {
      ...{ id: requester.id, company_id: requester.company_id, email: requester.email },
      name: `${requester.first_name} ${requester.last_name}`.trim(),
    },
    attachments: (files ?? []).map((file) => ({
      ...file,
      url: `${publicUrl}/attach/${file.id}/download?token=${sharedFileToken(frames, file.id, until)}`,
      expires_at: new Date(until * 1000).toISOString(),
    })),
    callback_url: `${publicUrl}/api/workflow/callback`,
  };
}
