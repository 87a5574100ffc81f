import type { Sample, World } from '../samples.ts';

let turn = 0;

/** A stop of an address that nobody has, so that admins only see it. */
async function stopped({ desk }: World): Promise<{ params: { id: number } }> {
  const [row] = await desk.transaction(({ em, now }) =>
    em.execute<{ id: string }[]>(
      `insert into mail_stop (kind, address, reason, opened_at) values ('loop', ?, 'It looks like a loop', ?) returning id`,
      [`loop${++turn}@elsewhere.example`, now],
    ),
  );
  return { params: { id: Number(row?.id) } };
}

/** A stop of a ticket that everybody of staff may see. */
async function stoppedTicket({ desk }: World): Promise<{ params: { id: number } }> {
  const inbound = await desk.receive(
    `From: looper${++turn}@maravia.example\nTo: support@localhost\nSubject: Stop ${turn}\nMessage-ID: <stop${turn}@maravia.example>\n\nWords ${turn}.\n`,
  );
  const [row] = await desk.transaction(({ em, now }) =>
    em.execute<{ id: string }[]>(
      `insert into mail_stop (kind, ticket_id, reason, opened_at) values ('loop', ?, 'It looks like a loop', ?) returning id`,
      [inbound.ticketId, now],
    ),
  );
  return { params: { id: Number(row?.id) } };
}

export const outboundSamples = {
  listStops: { own: () => ({}) },
  resumeStop: { own: stoppedTicket, foreign: stopped, reach: ['admin'] },
} satisfies Record<string, Sample>;
