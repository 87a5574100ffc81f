import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Refusal, say } from './refusal.mjs';

const BEAT = 2_000;
const DEAD_AFTER = 15_000;

/**
 * Does `work` while no other launcher of this checkout does any. The lock is a file with our pid whose time we renew;
 * one whose process is gone or has stopped renewing is taken over.
 */
export async function withLock(root, work) {
  const path = join(root, '.cache', 'launch.lock');
  try {
    mkdirSync(join(root, '.cache'), { recursive: true });
    await take(path);
  } catch (error) {
    if (error instanceof Refusal || !error.code) throw error;
    throw new Refusal(`Cannot write ${path} (${error.message}). Start as the owner of ${root}.`);
  }
  const beat = setInterval(() => utimesSync(path, new Date(), new Date()), BEAT);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    rmSync(path, { force: true });
  }
}

async function take(path) {
  for (let told = false; ; await pause(100)) {
    try {
      return writeFileSync(path, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = deadHolder(path);
    if (holder && (await takeOver(path))) return undefined;
    if (!holder && !told) say('Waiting for another start of SmartSupport in this folder to install or build …');
    told ||= !holder;
  }
}

/** Replaces the lock and looks again: of two that do so at once the later one keeps it. */
async function takeOver(path) {
  const mine = `${process.pid}`;
  writeFileSync(`${path}.${mine}`, mine);
  renameSync(`${path}.${mine}`, path);
  await pause(150);
  return readFileSync(path, 'utf8') === mine;
}

function deadHolder(path) {
  try {
    if (Date.now() - statSync(path).mtimeMs > DEAD_AFTER) return true;
    process.kill(Number(readFileSync(path, 'utf8')) || 0, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
