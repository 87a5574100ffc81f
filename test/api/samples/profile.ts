import sharp from 'sharp';
import { makeLink } from '../../../src/people/account-link.ts';
import { newActor, type Actor } from '../../support/actors.ts';
import { linksOf } from '../../support/links.ts';
import type { Sample, World } from '../samples.ts';

const plain: Sample = { own: () => ({}) };
let made = 0;
const newAddress = () => `moved-${++made}@maravia.example`;

const png = () =>
  sharp({ create: { width: 2, height: 2, channels: 3, background: 'red' } })
    .png()
    .toBuffer();

async function pictured({ desk }: World, { id }: Pick<Actor, 'id'>): Promise<{ params: { id: number } }> {
  const { sha256 } = await desk.blobs.put(await png());
  await desk.transaction((tx) => tx.em.execute('update employee set picture_sha256 = ? where id = ?', [sha256, id]));
  return { params: { id } };
}

async function changeToken({ desk }: World): Promise<string> {
  const { id: employeeId } = await newActor(desk, 'employee', 'Moving');
  const data = { email: newAddress() };
  await desk.transaction((tx) => makeLink(tx, desk.secrets.links, { employeeId, purpose: 'change-email', data }));
  return (await linksOf(desk, employeeId, 'change-email'))[0] ?? '';
}

export const profileSamples = {
  readProfile: plain,
  updateProfile: { own: () => ({ body: { first_name: 'Sam' } }) },
  askEmailChange: {
    own: async ({ desk }, me) => ({ as: await newActor(desk, me.role), body: { email: newAddress() } }),
  },
  changeEmail: { own: async (world) => ({ body: { token: await changeToken(world) } }) },
  setPicture: { own: async () => ({ body: await png(), headers: { 'content-type': 'image/png' } }) },
  removePicture: plain,
  readPicture: { own: pictured, foreign: (world) => pictured(world, world.other), reach: ['coordinator', 'admin'] },
} satisfies Record<string, Sample>;
