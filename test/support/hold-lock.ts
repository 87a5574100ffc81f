import { takeInstanceLock } from '../../src/db/instance-lock.ts';

/** Holds the lock of the folder in argv until it is killed. "stopping" on stdin says it goes down, an end releases. */
const lock = await takeInstanceLock(process.argv[2] ?? '');
process.stdout.write('held\n');
process.stdin.on('data', () => void lock.stopping().then(() => process.stdout.write('stopping\n')));
process.stdin.on('end', () => void lock.release());
