import { normalizeAddress } from '../../src/mail/addresses.ts';
import { linkEnd, statusToken } from '../../src/mail/status-link.ts';
import { Participant } from '../../src/tickets/participant.ts';
import type { TestDesk } from './desk.ts';

/** The token that a mail of now would carry to somebody on a ticket. */
export function linkOf(desk: TestDesk, ticketId: number, address: string, days = 30): Promise<string> {
  return desk.transaction(async ({ em, now }) => {
    const found = await em.findOneOrFail(
      Participant,
      { ticket: ticketId, employee: { email: normalizeAddress(address) } },
      { populate: ['employee'] },
    );
    const holder = { participantId: found.id, address: normalizeAddress(found.employee.email), epoch: found.linkEpoch };
    return statusToken(desk.secrets.statusLinks, holder, linkEnd(now, days));
  });
}
