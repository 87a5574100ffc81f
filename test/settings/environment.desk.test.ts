import { expect, test } from 'vitest';
import { applyEnvironment } from '../../src/settings/environment.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import { useDesk } from '../support/desk.ts';

const desk = useDesk();
const settings = () => desk().transaction(readSettings);

test('what a start no longer says is forgotten, and what an admin set below it is kept', async () => {
  await desk().transaction((tx) =>
    tx.em.execute(
      `insert into setting (key, value) values ('organisation_name', '"Set by an admin"')
       on conflict (key) do update set value = excluded.value`,
    ),
  );
  await desk().transaction((tx) => applyEnvironment(tx, { organisation_name: 'Of the environment' }));
  expect((await settings()).organisation_name).toBe('Of the environment');
  await desk().transaction((tx) => applyEnvironment(tx, { support_address: 'support@maravia.example' }));
  expect(await settings()).toMatchObject({
    organisation_name: 'Set by an admin',
    support_address: 'support@maravia.example',
  });
});

test('a value of an earlier version that no longer fits counts as not set', async () => {
  await desk().transaction((tx) =>
    tx.em.execute(`insert into setting (key, value) values ('auto_close_days', '"soon"'), ('colour', '"red"')`),
  );
  expect(await settings()).toMatchObject({ auto_close_days: 7 });
  expect(await settings()).not.toHaveProperty('colour');
});
