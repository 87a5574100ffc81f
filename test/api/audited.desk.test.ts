import { beforeAll, expect, test } from 'vitest';
import { PATHS, type RouteName } from '../../src/contract/paths.ts';
import type { Route } from '../../src/contract/route.ts';
import { ROUTES } from '../../src/contract/routes.ts';
import { newActor, type Actor } from '../support/actors.ts';
import { callRoute } from '../support/call.ts';
import { SAMPLED, sampleOf, useSampleDesk, type World } from './samples.ts';

/* Every change by the API but those named below, generated from the contract and the table of samples. */

const desk = useSampleDesk();
let world: World;
let admin: Actor;
beforeAll(async () => {
  world = { desk: desk(), other: await newActor(desk(), 'employee', 'Other') };
  admin = await newActor(desk(), 'admin');
});

/** Changes that leave no entry, and why. Whoever adds a route either audits it or says here why not. */
const NOT_AUDITED: Partial<Record<RouteName, string>> = {
  refreshToken: 'it goes on with a sign-in that was written down; only its misuse is an entry',
  askSignInLink: 'the job that finds out whose address it is writes that a link was sent',
  forgotPassword: 'the same',
  askSecondFactor: 'a question; the answer is an entry',
  askPasskey: 'a question; the answer is an entry',
  askConfirmation: 'a question; the answer is an entry',
  askNewPasskey: 'a question; the answer is an entry',
  enrolTotp: 'nothing counts before it is confirmed',
  renamePasskey: 'its name opens nothing',
  openTicket: 'the history of the ticket tells it',
  changeTicket: 'the history of the ticket tells it',
  addComment: 'the history of the ticket tells it',
  transitionTicket: 'the history of the ticket tells it',
  addParticipant: 'the history of the ticket tells it',
  removeParticipant: 'the history of the ticket tells it',
  takeBackComment: 'the history of the ticket tells it',
  watchTicket: 'which mails one gets',
  unwatchTicket: 'which mails one gets',
  saveDraft: 'words that nobody has sent',
  deleteDraft: 'words that nobody has sent',
  editComment: 'the history of the ticket tells it',
  confirmProposal: 'the history of the ticket tells it',
  declineProposal: 'the history of the ticket tells it',
  readByLink: 'it looks, and changes nothing',
  replyByLink: 'the history of the ticket tells it',
  answerByLink: 'the history of the ticket tells it',
  downloadByLink: 'downloads are no entries',
  linkAttachment: 'a download by another way; downloads are none',
  previewTemplate: 'it looks, and changes nothing',
  examineMailbox: 'it looks, and changes nothing but by a probe, which the mail ledger tells',
  rehearseMailbox: 'it looks, and changes nothing',
  workflowCallback: 'the history of the ticket tells it',
  retryWorkflow: 'the history of the ticket tells it',
  pushMessage: 'the mail ledger tells it',
  voteOnArticle: 'what somebody thinks of an article',
  previewArticle: 'it looks, and changes nothing',
  changeTickets: 'the history of each ticket tells it',
};

const NAMES = SAMPLED.filter((name) => {
  const route: Route = ROUTES[name];
  return PATHS[name][0] !== 'GET' && !(name in NOT_AUDITED) && !route.local;
});

const entries = async () => {
  const [row] = await desk().transaction((tx) => tx.em.execute<{ n: string }[]>('select last_id as n from audit_head'));
  return Number(row?.n);
};

test.each(NAMES)('%s is written into the audit log', async (name) => {
  const request = await sampleOf(name).own(world, admin);
  const before = await entries();
  const response = await callRoute(name, request, admin);
  expect([response.ok, await response.text()]).toEqual([true, expect.any(String)]);
  expect(await entries()).toBeGreaterThan(before);
});
