import type { Employee } from '../../people/employee.ts';
import type { Participant } from '../../tickets/participant.ts';
import { normalizeAddress } from '../addresses.ts';
import { linkEnd, statusToken, statusUrl } from '../status-link.ts';
import type { DraftDeps } from './draft.ts';
import type { OutboundMessage } from './outbound-message.ts';

export interface PageDeps extends DraftDeps {
  /** For which a status link opens the ticket; 0: there are none. */
  days: number;
}

/** Where a mail leads: with a right of its own for whoever has no account to sign in to, else to the page behind the sign-in. */
export function ticketPage({ person, participant, createdAt }: OutboundMessage, number: string, deps: PageDeps) {
  const { publicUrl, statusLinks, days } = deps;
  const url = `${publicUrl}/t/${number}`;
  if (!person || !participant || days === 0 || !hasNoAccount(person))
    return { url, link: null, answer: { yes: url, no: url } };
  const until = linkEnd(createdAt, days);
  const token = statusToken(statusLinks, holderOf(person, participant), until);
  const answer = { yes: statusUrl(publicUrl, token, 'yes'), no: statusUrl(publicUrl, token, 'no') };
  return { url: statusUrl(publicUrl, token), link: { until }, answer };
}

function hasNoAccount({ role, status }: Employee): boolean {
  return role === 'employee' && (status === 'contact' || status === 'pending');
}

function holderOf(person: Employee, { id, linkEpoch }: Participant) {
  return { participantId: id, address: normalizeAddress(person.email), epoch: linkEpoch };
}
