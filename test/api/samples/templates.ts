import type { Sample, World } from '../samples.ts';

const params = { template: 'reset-password', locale: 'en' };

/** A text that nobody else changes meanwhile has the version that it has now. */
async function versionOf({ desk }: World): Promise<number> {
  const [row] = await desk.transaction((tx) =>
    tx.em.execute<{ n: string }[]>(
      `select coalesce(max(version), 0) as n from mail_text where template = 'reset-password' and locale = 'en'`,
    ),
  );
  return Number(row?.n);
}

/** Texts belong to nobody. */
const shared = (body: (world: World) => Promise<object> | object): Sample => {
  const own = async (world: World) => ({ params, body: await body(world) });
  return { own, foreign: own, reach: ['admin'] };
};

let made = 0;

export const templateSamples = {
  listTemplates: { own: () => ({}) },
  readTemplate: { own: () => ({ params }), foreign: () => ({ params }), reach: ['admin'] },
  changeTemplate: shared(async (world) => ({ version: await versionOf(world), subject: `A new password, ${++made}` })),
  resetTemplate: shared(async (world) => {
    const version = (await versionOf(world)) + 1;
    await world.desk.transaction((tx) =>
      tx.em.execute(
        `insert into mail_text (template, locale, version, subject, created_at) values ('reset-password', 'en', ?, 'x', ?)`,
        [version, tx.now],
      ),
    );
    return { version };
  }),
  previewTemplate: shared(() => ({})),
  testTemplate: shared(() => ({})),
} satisfies Record<string, Sample>;
