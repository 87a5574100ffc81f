import { storeCaught } from '../../../src/mail/local/caught-mail.ts';
import type { Sample, World } from '../samples.ts';

const plain: Sample = { own: () => ({}) };

async function caughtMail({ desk }: World): Promise<number> {
  const raw = Buffer.from('Subject: Caught\n\nWords.');
  await desk.transaction((tx) => storeCaught(tx.em, { from: '', to: ['ana@maravia.example'], raw, parsed: null }));
  const [row] = await desk.transaction((tx) =>
    tx.em.execute<{ id: string }[]>('select max(id) as id from caught_message'),
  );
  return Number(row?.id);
}

const readsMail = async (world: World) => ({ params: { id: await caughtMail(world) } });

export const deskSamples = {
  desk: plain,
  options: plain,
  openapi: plain,
  listLocalMail: plain,
  sendLocalMail: { own: () => ({ body: 'From: ana@maravia.example\r\nTo: support@localhost\r\n\r\nx' }) },
  // Local mail belongs to whoever tries the desk.
  readLocalMail: { own: readsMail, foreign: readsMail, reach: ['employee', 'coordinator', 'admin'] },
} satisfies Record<string, Sample>;
