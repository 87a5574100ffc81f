import { randomBytes } from 'node:crypto';
import { newActor, type Actor } from '../../support/actors.ts';
import { client } from '../../support/client.ts';
import { PASSWORD, type TestDesk } from '../../support/desk.ts';
import { askedFor, codeAt, enrolApp } from '../../support/factors.ts';
import type { Sample, World } from '../samples.ts';

const plain: Sample = { own: () => ({}) };
const now = () => new Date();
let accounts = 0;

/** Somebody new in the role of who asks: having a factor would get in the way of the other requests. */
const fresh = (desk: TestDesk, me: Actor) => newActor(desk, me.role);

async function withApp({ desk }: World, me: Actor) {
  const as = await fresh(desk, me);
  await enrolApp(as, now);
  return { as };
}

/** Somebody with a password and an app who has given the password, and what is left to be given. */
async function asked(desk: TestDesk): Promise<{ challenge: string; recoveryCode: string }> {
  const email = `factor-${++accounts}@desk.example`;
  await desk.account('employee', email);
  const { body } = await client(desk.url).post('/api/token/employee', { email, password: PASSWORD });
  const { recoveryCodes } = await enrolApp(client(desk.url, String(body['access'])), now);
  return { challenge: await askedFor(desk, email), recoveryCode: recoveryCodes[0] ?? '' };
}

async function passkeyOf({ desk }: World, { id }: Pick<Actor, 'id'>): Promise<number> {
  const [row] = await desk.transaction((tx) =>
    tx.em.execute<{ id: string }[]>(
      `insert into passkey (employee_id, credential_id, public_key, counter, name, created_at) values (?, ?, ?, 0, 'Key', now()) returning id`,
      [id, randomBytes(16).toString('base64url'), randomBytes(32)],
    ),
  );
  return Number(row?.id);
}

async function identityOf({ desk }: World, { id }: Pick<Actor, 'id'>): Promise<number> {
  const [row] = await desk.transaction((tx) =>
    tx.em.execute<{ id: string }[]>(
      `insert into identity (employee_id, issuer, subject, created_at) values (?, 'https://id.example', ?, now()) returning id`,
      [id, randomBytes(8).toString('hex')],
    ),
  );
  return Number(row?.id);
}

/** Somebody's passkey. Who has one has a factor, so it is somebody new each time. */
const passkey = (body?: object): Sample => ({
  async own(world, me) {
    const as = await fresh(world.desk, me);
    return { as, params: { id: await passkeyOf(world, as) }, ...(body && { body }) };
  },
  async foreign(world) {
    const other = await newActor(world.desk, 'employee');
    return { params: { id: await passkeyOf(world, other) }, ...(body && { body }) };
  },
});

const reset = async ({ desk }: World) => ({ params: { id: (await newActor(desk, 'employee')).id } });

export const factorSamples = {
  askSecondFactor: { own: async ({ desk }) => ({ body: { challenge: (await asked(desk)).challenge } }) },
  giveSecondFactor: {
    async own({ desk }) {
      const { challenge, recoveryCode } = await asked(desk);
      return { body: { challenge, recovery_code: recoveryCode } };
    },
  },
  askPasskey: plain,
  askConfirmation: { own: withApp },
  readFactors: plain,
  enrolTotp: plain,
  confirmTotp: {
    async own({ desk }, me) {
      const as = await fresh(desk, me);
      const { body } = await as.post('/api/second-factors/totp');
      return { as, body: { code: codeAt(String(body['secret']), now()) } };
    },
  },
  removeTotp: { own: withApp },
  makeRecoveryCodes: { own: withApp },
  askNewPasskey: plain,
  renamePasskey: passkey({ name: 'My key' }),
  removePasskey: passkey(),
  resetFactors: { own: reset, foreign: reset, reach: ['admin'] },
  oidcProvider: plain,
  listIdentities: plain,
  unlinkIdentity: {
    async own(world, me) {
      await world.desk.transaction((tx) =>
        tx.em.execute(`update employee set password_hash = 'x' where id = ?`, [me.id]),
      );
      return { params: { id: await identityOf(world, me) } };
    },
    foreign: async (world) => ({ params: { id: await identityOf(world, world.other) } }),
  },
} satisfies Record<string, Sample>;
