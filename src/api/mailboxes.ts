import type Router from '@koa/router';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { POLLED, type Mailbox } from '../mail/mailbox.ts';
import { changeMailbox, letGoOn, renewPushSecret } from '../mail/mailboxes/change-mailbox.ts';
import { createMailbox } from '../mail/mailboxes/create-mailbox.ts';
import { editOf } from '../mail/mailboxes/edit-of.ts';
import { countHeld, defaultNames, listMailboxes } from '../mail/mailboxes/list-mailboxes.ts';
import { startTask } from '../tasks/start-task.ts';
import { mount, type Answer, type MountDeps } from './mount.ts';
import { presentHealth, presentMailbox } from './present-mailbox.ts';
import { presentTask } from './tasks.ts';

/** Mails that wait for a decision are counted up to here. */
const MOST_HELD = 1000;

/** Where mail comes from and goes out, for admins. */
export function mailboxRoutes(router: Router, deps: MountDeps): void {
  const { sealing } = deps.secrets;

  async function present(tx: Transaction, mailboxes: readonly Mailbox[]): Promise<Answer<'readMailbox'>[]> {
    const names = await defaultNames(tx.em, mailboxes);
    const held = await countHeld(tx.em, mailboxes, MOST_HELD);
    return mailboxes.map((mailbox) => presentMailbox(mailbox, { names, held, sealing, now: tx.now }));
  }

  async function presentOne(tx: Transaction, id: number): Promise<Answer<'readMailbox'>> {
    const [shown] = await present(tx, await listMailboxes(tx.em, id));
    if (!shown) throw new Error('A mailbox that was found is shown');
    return shown;
  }

  mount(router, deps, 'listMailboxes', async ({ tx }) => ({ results: await present(tx, await listMailboxes(tx.em)) }));

  mount(router, deps, 'createMailbox', async ({ tx, actor, body: { name, address, source, history, ...rest } }) => {
    const given = { ...editOf(rest), name, address, source, history };
    const { mailbox, pushSecret } = await createMailbox(tx, given, { actor, sealing });
    return { ...(await presentOne(tx, mailbox.id)), push_secret: pushSecret };
  });

  mount(router, deps, 'readMailbox', ({ tx, params }) => presentOne(tx, params.id));

  mount(router, deps, 'changeMailbox', async ({ tx, actor, params: { id }, body: { version, ...rest } }) => {
    const { pushSecret } = await changeMailbox(tx, id, { edit: editOf(rest), version, actor, sealing });
    return { ...(await presentOne(tx, id)), push_secret: pushSecret };
  });

  mount(router, deps, 'disableMailbox', async ({ tx, actor, params: { id } }) => {
    await changeMailbox(tx, id, { edit: { enabled: false }, actor, sealing });
    return presentOne(tx, id);
  });

  mount(router, deps, 'resumeMailbox', async ({ tx, actor, params: { id } }) => {
    await letGoOn(tx, id, { actor });
    return presentOne(tx, id);
  });

  mount(router, deps, 'examineMailbox', async ({ tx, actor, params: { id }, body: { probe } }) => {
    await listMailboxes(tx.em, id);
    const task = await startTask(tx, { kind: 'examine-mailbox', actor, input: { mailbox: id, probe } });
    return { task: presentTask(task, tx.now) };
  });

  mount(router, deps, 'rehearseMailbox', async ({ tx, actor, params: { id } }) => {
    const [mailbox] = await listMailboxes(tx.em, id);
    if (!POLLED.some((kind) => kind === mailbox?.source))
      throw new AppError('conflict', 'It is handed its mail: there is nothing to be read beforehand');
    const task = await startTask(tx, { kind: 'rehearse-mailbox', actor, input: { mailbox: id, probe: false } });
    return { task: presentTask(task, tx.now) };
  });

  mount(router, deps, 'readHealth', async ({ tx }) => {
    const mailboxes = (await listMailboxes(tx.em)).map((mailbox) => {
      const { id, name, address } = mailbox;
      return { id, name, address, health: presentHealth(mailbox, tx.now) };
    });
    const well = mailboxes.every(({ health: { state } }) => state === 'ok' || state === 'off');
    return { status: well ? ('ok' as const) : ('degraded' as const), mailboxes };
  });

  mount(router, deps, 'renewPushSecret', async ({ tx, actor, params: { id } }) => {
    const { pushSecret } = await renewPushSecret(tx, id, { actor, sealing });
    return { ...(await presentOne(tx, id)), push_secret: pushSecret };
  });
}
