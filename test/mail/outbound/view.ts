import type { AccountView, DigestView, MailView } from '../../../src/mail/outbound/mail-view.ts';
import { writtenWords } from '../../../src/mail/outbound/mail-view.ts';

/** A view with everything in it; a test says only what it is about. */
export function aView(given: Partial<MailView> = {}): MailView {
  return {
    desk: { name: 'SmartSupport', address: ['1 Harbour Street', 'Maravia'], timeZone: 'UTC' },
    recipient: { name: 'Ana' },
    ticket: {
      number: 'TX0418',
      subject: 'Laptop will not wake',
      status: 'in_progress',
      url: 'https://help.example/t/TX0418',
    },
    event: { at: new Date('2026-11-23T09:02:00Z'), transition: 'claim', to: 'in_progress', reason: '' },
    actor: { name: 'Marta Kowalska', signature: null },
    before: null,
    assignee: { name: 'Jonas Berg' },
    requester: { name: 'Ana Reyes', verified: true },
    comment: writtenWords('Thank you, that helps.\n\nPlease put the laptop on the dock,\nand wait.'),
    files: [],
    link: null,
    answer: { yes: 'https://help.example/t/TX0418', no: 'https://help.example/t/TX0418' },
    ...given,
  };
}

/** The same of a mail about an account. */
export function anAccountView(given: Partial<AccountView> = {}): AccountView {
  return {
    desk: { name: 'SmartSupport', address: [], timeZone: 'UTC' },
    recipient: { name: 'Ana' },
    account: { email: 'ana@maravia.example', companyId: 'MA0117', status: 'pending' },
    event: {
      at: new Date('2026-11-23T09:02:00Z'),
      reason: 'Nobody here knows you.',
      change: 'totp-added',
      email: 'ana.reyes@maravia.example',
    },
    link: { url: 'https://help.example/link/confirm-email#TOKEN', until: new Date('2026-11-26T09:02:00Z') },
    ...given,
  };
}

/** The same of a digest. */
export function aDigestView(given: Partial<DigestView> = {}): DigestView {
  const ticket = { number: 'TX0418', subject: 'Laptop will not wake', link: 'https://help.example/t/TX0418' };
  return {
    desk: { name: 'SmartSupport', address: ['1 Harbour Street', 'Maravia'], timeZone: 'UTC' },
    recipient: { name: 'Marta' },
    counts: { open: 38, unattended: 5, mine: 9, waiting: 12, unverified: 1, held: 4, came: 61, solved: 42 },
    unattended: [ticket],
    unverified: [{ ...ticket, number: 'TX0419', subject: 'You have won' }],
    queue: 'https://help.example/queue',
    unsubscribe: 'https://help.example/api/unsubscribe/TOKEN',
    ...given,
  };
}
