import type { Sample } from '../samples.ts';
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

export const tokenSamples = {
  employeeToken: signsIn,
  adminToken: signsIn,
  refreshToken: refreshes,
  signOut: refreshes,
} satisfies Record<string, Sample>;
