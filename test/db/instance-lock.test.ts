import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { takeInstanceLock } from '../../src/db/instance-lock.ts';
import { start, temporaryFolder } from '../support/processes.ts';

const HOLD = join(import.meta.dirname, '..', 'support', 'hold-lock.ts');
const newFolder = async () => {
  const folder = await temporaryFolder();
  onTestFinished(folder.remove);
  return join(folder.path, 'data');
};
const hold = async (dir: string) => {
  const holder = start(process.execPath, [HOLD, dir]);
  await holder.prints(/held/);
  return holder;
};

test('the lock is given once and again after its release, which may be said twice', async () => {
  const dir = await newFolder();
  const first = await takeInstanceLock(dir);
  await expect(takeInstanceLock(dir, { grace: 60 })).rejects.toThrow(/running on the data folder/);
  await Promise.all([first.release(), first.release()]);
  expect(existsSync(join(dir, 'instance.json'))).toBe(false);

  const second = await takeInstanceLock(dir, { grace: 0 });
  await second.release();
});

test('another process keeps it, and is named by its pid', async () => {
  const dir = await newFolder();
  const holder = await hold(dir);

  await expect(takeInstanceLock(dir, { grace: 100 })).rejects.toThrow(
    `Another SmartSupport (pid ${holder.pid}) is running`,
  );
  await expect(takeInstanceLock(dir, { grace: 0 })).rejects.toMatchObject({ name: 'UsageError' });
});

test('kill -9 of the holder frees it at once', async () => {
  const dir = await newFolder();
  const holder = await hold(dir);
  holder.child.kill('SIGKILL');
  await holder.ended;

  const lock = await takeInstanceLock(dir, { grace: 0 });
  await lock.release();
});

test('a holder that is going down is waited for beyond the grace for one that works', async () => {
  const dir = await newFolder();
  const holder = await hold(dir);
  holder.child.stdin?.write('stopping\n');
  await holder.prints(/stopping/);
  const waited: (number | null)[] = [];
  const taken = takeInstanceLock(dir, {
    grace: 0,
    onWait: (pid) => {
      waited.push(pid);
      holder.child.stdin?.end();
    },
  });

  const lock = await taken;
  expect(waited).toEqual([holder.pid]);
  await lock.release();
});

test('a holder that does not come to its end is named after the patience for it', async () => {
  const dir = await newFolder();
  const holder = await hold(dir);
  holder.child.stdin?.write('stopping\n');
  await holder.prints(/stopping/);

  await expect(takeInstanceLock(dir, { patience: 100 })).rejects.toThrow(
    new RegExp(`\\(pid ${holder.pid}\\) is still shutting down.*kill -9 ${holder.pid}`),
  );
});

test('two folders are two desks', async () => {
  const locks = await Promise.all([takeInstanceLock(await newFolder()), takeInstanceLock(await newFolder())]);
  await Promise.all(locks.map((lock) => lock.release()));
});

test('a folder that cannot be made is said with its name', async () => {
  const dir = await newFolder();
  writeFileSync(dir, 'a file');

  await expect(takeInstanceLock(dir)).rejects.toThrow(`Cannot write to the data folder ${dir}`);
});
