import { linkOf } from '../../support/status-links.ts';
import type { Sample, World } from '../samples.ts';

let turn = 0;

/** A ticket by mail of somebody without an account, and their link to it. */
async function byMail({ desk }: World): Promise<{ ticketId: number; token: string }> {
  const address = `linked${++turn}@elsewhere.example`;
  const inbound = await desk.receive(
    `From: ${address}\nTo: support@localhost\nSubject: Linked ${turn}\nMessage-ID: <linked${turn}@elsewhere.example>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nWords ${turn}.\n--b\nContent-Disposition: attachment; filename=a.txt\n\nfile\n--b--\n`,
  );
  const ticketId = inbound.ticketId ?? 0;
  return { ticketId, token: await linkOf(desk, ticketId, address) };
}

async function resolved(world: World): Promise<string> {
  const { ticketId, token } = await byMail(world);
  await world.desk.transaction(({ em }) =>
    em.execute(`update ticket set status = 'resolved', resolved_at = now() where id = ?`, [ticketId]),
  );
  return token;
}

async function fileOf({ desk }: World, ticketId: number): Promise<number> {
  const [row] = await desk.transaction(({ em }) =>
    em.execute<{ id: string }[]>('select id from attachment where ticket_id = ?', [ticketId]),
  );
  return Number(row?.id);
}

export const statusLinkSamples = {
  readByLink: { own: async (world) => ({ body: { token: (await byMail(world)).token } }) },
  replyByLink: { own: async (world) => ({ body: { token: (await byMail(world)).token, body: 'It is dark again.' } }) },
  answerByLink: { own: async (world) => ({ body: { token: await resolved(world), solved: true } }) },
  downloadByLink: {
    async own(world) {
      const { ticketId, token } = await byMail(world);
      return { body: { token, file: await fileOf(world, ticketId) } };
    },
  },
  endStatusLinks: {
    own: async (world) => ({ params: { id: (await byMail(world)).ticketId } }),
    foreign: async (world) => ({ params: { id: (await byMail(world)).ticketId } }),
    reach: ['coordinator', 'admin'],
  },
} satisfies Record<string, Sample>;
