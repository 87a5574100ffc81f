import { makeLink, type LinkPurpose } from '../../../src/people/account-link.ts';
import { newActor, type Actor } from '../../support/actors.ts';
import { linksOf } from '../../support/links.ts';
import type { Sample, World } from '../samples.ts';
import { PASSWORD } from '../../support/desk.ts';
import { client } from '../../support/client.ts';

let accounts = 0;

/** Signing in costs a password hash: an account for each request. */
const signsIn: Sample = {
  async own({ desk }) {
    const email = `signs-in-${++accounts}@desk.example`;
    await desk.account('coordinator', email);
    return { body: { email, password: PASSWORD } };
  },
};

const refreshes: Sample = {
  async own(world, me) {
    const { body } = await signsIn.own(world, me);
    const session = await client(world.desk.url).post('/api/token/employee', body);
    return { body: { refresh: session.body['refresh'] } };
  },
};

/** Somebody with a password, signed in by it. */
async function withPassword({ desk }: World, me: Actor): Promise<Actor> {
  const email = `password-${++accounts}@desk.example`;
  const { id } = await desk.account(me.role, email);
  const { body } = await client(desk.url).post('/api/token/employee', { email, password: PASSWORD });
  const token = String(body['access']);
  return { id, email, role: me.role, sessionId: 0, token, ...client(desk.url, token) };
}

async function tokenFor({ desk }: World, purpose: LinkPurpose): Promise<string> {
  const { id: employeeId } = await newActor(desk, 'employee', 'Linked');
  await desk.transaction((tx) => makeLink(tx, desk.secrets.links, { employeeId, purpose }));
  return (await linksOf(desk, employeeId, purpose))[0] ?? '';
}

const asks: Sample = { own: () => ({ body: { email: `asks-${++accounts}@maravia.example` } }) };
const NEW_PASSWORD = 'another horse, another battery';

/** Another session of somebody, which is theirs to end. */
async function sessionOf({ desk }: World, { id }: Pick<Actor, 'id'>): Promise<number> {
  const [row] = await desk.transaction((tx) =>
    tx.em.execute<{ id: string }[]>(
      `insert into session (employee_id, refresh_hash, rotated_at, created_at, authenticated_at, expires_at)
       values (?, ?, now(), now(), now(), now() + interval '1 day') returning id`,
      [id, `sample-${++accounts}`],
    ),
  );
  return Number(row?.id);
}

export const tokenSamples = {
  confirmToken: { own: async (world, me) => ({ as: await withPassword(world, me), body: { password: PASSWORD } }) },
  askSignInLink: asks,
  linkToken: { own: async (world) => ({ body: { token: await tokenFor(world, 'sign-in') } }) },
  changePassword: {
    own: async (world, me) => ({
      as: await withPassword(world, me),
      body: { current: PASSWORD, new: NEW_PASSWORD },
    }),
  },
  forgotPassword: asks,
  resetPassword: {
    own: async (world) => ({ body: { token: await tokenFor(world, 'reset-password'), password: NEW_PASSWORD } }),
  },
  listSessions: { own: () => ({}) },
  endSession: {
    own: async (world, me) => ({ params: { id: await sessionOf(world, me) } }),
    foreign: async (world) => ({ params: { id: await sessionOf(world, world.other) } }),
  },
  endOtherSessions: { own: () => ({}) },
  employeeToken: signsIn,
  adminToken: signsIn,
  refreshToken: refreshes,
  signOut: refreshes,
} satisfies Record<string, Sample>;
