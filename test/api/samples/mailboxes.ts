import { addMailbox, addPushMailbox } from '../../support/mailboxes.ts';
import type { Sample, World } from '../samples.ts';

let made = 0;
const source = { kind: 'drop' };

/** Mailboxes belong to no person: what is one's own and what is not are the same. */
function onMailbox(
  body?: object,
  make: (world: World) => Promise<number> = ({ desk }) => addMailbox(desk, {}),
): Sample {
  const of = async (world: World) => ({ params: { id: await make(world) }, ...(body && { body }) });
  return { own: of, foreign: of, reach: ['admin'] };
}

export const mailboxSamples = {
  listMailboxes: { own: () => ({}) },
  createMailbox: {
    own: () => ({ body: { name: 'Sample', address: `sample-${++made}@maravia.example`, source } }),
  },
  readMailbox: onMailbox(),
  changeMailbox: onMailbox({ version: 1, signature: 'Kind regards' }),
  disableMailbox: onMailbox(),
  resumeMailbox: onMailbox(),
  examineMailbox: onMailbox({ probe: false }),
  rehearseMailbox: onMailbox(undefined, ({ desk }) => addMailbox(desk, { source: 'imap' })),
  readHealth: { own: () => ({}) },
  renewPushSecret: onMailbox(undefined, async ({ desk }) => (await addPushMailbox(desk)).id),
} satisfies Record<string, Sample>;
