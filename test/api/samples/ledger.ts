import type { Sample, World } from '../samples.ts';

let turn = 0;

/** A mail that waits in quarantine, as nobody could be answered. */
async function quarantined({ desk }: World): Promise<{ params: { id: number } }> {
  const { id } = await desk.receive(
    `Subject: Sample ${++turn}\nTo: support@localhost\n\nNobody wrote sample ${turn}.\n`,
  );
  return { params: { id } };
}

/** The ledger belongs to no person: what is one's own and what is not are the same. */
function onMessage(body?: object): Sample {
  const of = async (world: World) => ({ ...(await quarantined(world)), ...(body && { body }) });
  return { own: of, foreign: of, reach: ['admin'] };
}

export const ledgerSamples = {
  listLedger: { own: () => ({ query: { limit: '2' } }) },
  readLedgerMessage: onMessage(),
  downloadSource: { ...onMessage(), writes: 'that somebody read the source of a mail is an entry of the audit log' },
  retryMessage: onMessage(),
  orderTicket: onMessage(),
  discardMessage: onMessage({ reason: 'Not for us' }),
} satisfies Record<string, Sample>;
