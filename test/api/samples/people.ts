import { makeLink } from '../../../src/people/account-link.ts';
import { newActor } from '../../support/actors.ts';
import { PASSWORD } from '../../support/desk.ts';
import { linksOf } from '../../support/links.ts';
import type { Sample, World } from '../samples.ts';

let people = 0;
const names = () => ({ first_name: 'Sam', last_name: 'Ple', email: `sample-${++people}@maravia.example` });

/** Somebody in a status, without a password. */
async function person({ desk }: World, status: 'pending' | 'approved'): Promise<number> {
  const { id } = await newActor(desk, 'employee', 'Sample');
  await desk.transaction((tx) => tx.em.execute('update employee set status = ? where id = ?', [status, id]));
  return id;
}

async function confirmToken(world: World): Promise<string> {
  const { desk } = world;
  const employeeId = await person(world, 'pending');
  await desk.transaction((tx) => makeLink(tx, desk.secrets.links, { employeeId, purpose: 'confirm-email' }));
  return (await linksOf(desk, employeeId, 'confirm-email'))[0] ?? '';
}

/** A change of an account: there is none of one's own that everybody may make. */
const changes = (status: 'pending' | 'approved', body: object = {}): Sample => {
  const request = async (world: World) => ({ params: { id: await person(world, status) }, body });
  return { own: request, foreign: request, reach: ['admin'] };
};

export const peopleSamples = {
  registration: { own: () => ({}) },
  register: { own: () => ({ body: { ...names(), password: PASSWORD } }) },
  confirmAddress: {
    own: async (world) => ({ body: { token: await confirmToken(world) } }),
  },
  listEmployees: { own: () => ({ query: { limit: '2' } }) },
  createEmployee: { own: () => ({ body: names() }) },
  readEmployee: {
    own: (_, me) => ({ params: { id: me.id } }),
    foreign: async (world) => ({ params: { id: await person(world, 'pending') } }),
    reach: ['admin'],
  },
  editEmployee: changes('approved', { first_name: 'Samuel' }),
  approveEmployee: changes('pending'),
  rejectEmployee: changes('pending', { reason: 'Nobody here knows you.' }),
  inviteEmployee: changes('approved'),
  eraseEmployee: changes('approved', { reason: 'They asked for it.' }),
  signOutEmployee: changes('approved'),
} satisfies Record<string, Sample>;
