import { expect, test } from 'vitest';
import { decide, trustOf, type Facts } from '../../src/mail/inbound/decide.ts';

const contact = { status: 'approved', staff: false } as const;
const staff = { status: 'approved', staff: true } as const;
const pass = { dmarc: 'pass', policy: 'reject' } as const;
const none = { dmarc: 'none', policy: null } as const;
const open = { id: 7, status: 'open', by: 'token', fits: true, drifts: false } as const;
const awaited = { id: 9, status: 'new', fits: true } as const;
const human = { autoReply: false, bounce: false, noAutoAnswer: false, abuseReport: false, reasons: [] };
const auto = { ...human, autoReply: true, reasons: ['Auto-Submitted: auto-replied'] };

/** A verified person's mail with a valid token of their own. */
const reply: Facts = {
  duplicateOf: null,
  ordered: false,
  own: false,
  probe: false,
  toBounceAddress: false,
  receivedCount: 3,
  class: human,
  report: false,
  fromSource: 'from',
  authentication: pass,
  senderTrust: 'verify',
  sender: contact,
  token: 'valid',
  ticket: open,
  awaited: null,
  imported: false,
  unwelcome: null,
};
const fresh: Partial<Facts> = { token: 'none', ticket: null, sender: null };

test.each<[string, Partial<Facts>, object]>([
  [
    'a reply of a verified participant joins',
    {},
    { do: 'add-comment', ticketId: 7, visibility: 'public', mayMove: true },
  ],
  ['a new request opens a ticket', fresh, { do: 'open-ticket', followsId: null }],
  [
    'a message that was answered before it came goes where its answer is (M42)',
    { ...fresh, awaited },
    { do: 'add-comment', ticketId: 9, visibility: 'public', mayMove: false, inOrder: true },
  ],
  [
    'not so when its sender takes no part there: it is a linked ticket (M42)',
    { ...fresh, awaited: { ...awaited, fits: false } },
    { do: 'open-ticket', followsId: 9 },
  ],
  [
    'nor when its sender is not proven (M42)',
    { ...fresh, awaited, authentication: none },
    { do: 'open-ticket', followsId: 9 },
  ],
  [
    'nor when that ticket is over (M42)',
    { ...fresh, awaited: { ...awaited, status: 'closed' } },
    { do: 'open-ticket', followsId: 9 },
  ],
  [
    'an imported answer of a participant joins by reference, though nobody checked who sent it',
    {
      ...fresh,
      imported: true,
      authentication: { dmarc: 'skipped', policy: null },
      ticket: { ...open, by: 'reference' },
    },
    { do: 'add-comment', ticketId: 7, mayMove: false },
  ],
  [
    'an imported answer of somebody else does not',
    { ...fresh, imported: true, ticket: { ...open, by: 'reference', fits: false } },
    { do: 'open-ticket' },
  ],
  [
    'a sender whom the mailbox does not take requests from waits for a person',
    { ...fresh, unwelcome: 'its sender is not a known employee' },
    { do: 'quarantine' },
  ],
  ['an answer with a valid token is welcome all the same', { unwelcome: 'x' }, { do: 'add-comment' }],
  ['the same message again changes nothing', { duplicateOf: 3 }, { do: 'suppress' }],
  ['a probe of the doctor changes nothing', { probe: true }, { do: 'suppress' }],
  [
    'an old ticket under another subject is a new matter, linked',
    { ticket: { ...open, drifts: true } },
    { do: 'open-ticket', followsId: 7 },
  ],
  ['what comes to a bounce address was written by a machine (R6)', { toBounceAddress: true }, { do: 'suppress' }],
  ['our own mail changes nothing (R8)', { own: true }, { do: 'suppress' }],
  ['51 Received lines are a loop (R7)', { receivedCount: 51 }, { do: 'quarantine' }],
  ['50 are not', { receivedCount: 50 }, { do: 'add-comment' }],
  ['a delivery report is recorded', { class: { ...human, bounce: true } }, { do: 'record-bounce' }],
  ['an abuse report changes nothing', { class: { ...human, abuseReport: true } }, { do: 'suppress' }],
  ['an automatic answer to a ticket is suppressed (R1)', { class: auto }, { do: 'suppress' }],
  ['an automatic answer to nothing is suppressed', { ...fresh, class: auto }, { do: 'suppress' }],
  ['a report of a machine is a request', { ...fresh, class: auto, report: true }, { do: 'open-ticket' }],
  ['a report of a machine about a ticket is not', { class: auto, report: true }, { do: 'suppress' }],
  ['nobody to answer waits for a person', { ...fresh, fromSource: 'none' }, { do: 'quarantine' }],
  [
    'a forged company sender waits for a person',
    { ...fresh, authentication: { dmarc: 'fail', policy: 'quarantine' } },
    { do: 'quarantine' },
  ],
  [
    'a failed check without a policy is only unproven',
    { ...fresh, authentication: { dmarc: 'fail', policy: 'none' } },
    { do: 'open-ticket' },
  ],
  ['a disabled account waits for a person', { sender: { status: 'disabled', staff: false } }, { do: 'quarantine' }],
  [
    'a forged token of an unproven sender waits (T01)',
    { token: 'forged', ticket: null, authentication: none },
    { do: 'quarantine' },
  ],
  [
    'a broken token of a proven sender is a new request',
    { token: 'forged', ticket: null },
    { do: 'open-ticket', followsId: null },
  ],
  [
    'someone else with the token is held back (T03)',
    { ticket: { ...open, fits: false } },
    { do: 'add-comment', visibility: 'pending' },
  ],
  [
    'an unproven participant joins and moves nothing',
    { authentication: none },
    { do: 'add-comment', visibility: 'public', mayMove: false },
  ],
  [
    'a participant who fails the check is held back',
    { authentication: { dmarc: 'fail', policy: 'none' } },
    { do: 'add-comment', visibility: 'pending' },
  ],
  [
    'staff are held back unless verified (T02)',
    { sender: staff, authentication: none },
    { do: 'add-comment', visibility: 'pending' },
  ],
  ['verified staff answer by mail', { sender: staff }, { do: 'add-comment', visibility: 'public' }],
  [
    'what a person has ordered is a ticket, whatever the rules say',
    { ...fresh, ordered: true, class: auto, duplicateOf: 3, fromSource: 'none', unwelcome: 'a stranger' },
    { do: 'open-ticket', followsId: null },
  ],
  [
    'an answer to a closed ticket opens a linked one',
    { ticket: { ...open, status: 'closed' } },
    { do: 'open-ticket', followsId: 7 },
  ],
  [
    'a reference of a verified participant joins',
    { token: 'none', ticket: { ...open, by: 'reference' } },
    { do: 'add-comment', visibility: 'public', mayMove: false },
  ],
  [
    'a reference of a stranger is a new request',
    { token: 'none', ticket: { ...open, by: 'reference', fits: false } },
    { do: 'open-ticket', followsId: null },
  ],
  [
    'a reference of an unproven participant is a new request',
    { token: 'none', authentication: none, ticket: { ...open, by: 'reference' } },
    { do: 'open-ticket', followsId: null },
  ],
])('%s', (_, facts, decision) => {
  const made = decide({ ...reply, ...facts });
  expect(made).toMatchObject(decision);
  expect(made.reason).not.toBe('');
});

test.each<[string, Partial<Facts>, string]>([
  ['token, sender and DMARC', {}, 'T3'],
  ['whoever may connect to the drop is believed', { senderTrust: 'submission', authentication: none }, 'T3'],
  ['DMARC of someone new', fresh, 'T2'],
  ['token and sender, nothing proven', { authentication: none }, 'T1'],
  ['token of someone else', { ticket: { ...open, fits: false }, authentication: none }, 'T0'],
  ['a From header that named several is never proof', { fromSource: 'reply-to' }, 'T0'],
  ['a failed check', { authentication: { dmarc: 'fail', policy: 'none' } }, 'T0'],
  ['a disabled account', { sender: { status: 'disabled', staff: false } }, 'T0'],
])('trust of %s', (_, facts, trust) => {
  expect(trustOf({ ...reply, ...facts })).toBe(trust);
});
