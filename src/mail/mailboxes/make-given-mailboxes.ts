import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { newMailbox } from '../../contract/routes/mailboxes.ts';
import type { RunTransaction, Transaction } from '../../db/transaction.ts';
import { AppError, UsageError } from '../../errors.ts';
import type { Keyring } from '../../secrets.ts';
import { normalizeAddress } from '../addresses.ts';
import { Mailbox } from '../mailbox.ts';
import { createMailbox } from './create-mailbox.ts';
import { editOf } from './edit-of.ts';
import { lockMailboxes } from './lock-mailboxes.ts';

type Given = z.output<typeof newMailbox>;

/**
 * Makes the mailboxes that the environment lists (`MAILBOXES`: JSON as `POST /api/mailboxes` takes it, in an array, or the file of it), all of them or
 * none. One whose address is known already is left as it is: an environment is applied once, and what admins change afterwards stays.
 */
export async function makeGivenMailboxes(run: RunTransaction, text: string, sealing: Keyring): Promise<void> {
  const given = await readGiven(text);
  await run(async (tx) => {
    await lockMailboxes(tx);
    for (const one of given) if (!(await isKnown(tx, one.address))) await make(tx, one, sealing);
  });
}

async function isKnown({ em }: Transaction, address: string): Promise<boolean> {
  return (await em.count(Mailbox, { address: normalizeAddress(address) })) > 0;
}

async function make(tx: Transaction, given: Given, sealing: Keyring): Promise<void> {
  const { name, address, source, history, ...rest } = given;
  try {
    await createMailbox(tx, { ...editOf(rest), name, address, source, history }, { actor: null, sealing });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw wrong(`${address}: ${Object.entries(error.details).flat().join(' ') || error.message}`);
  }
}

async function readGiven(text: string): Promise<Given[]> {
  const given = z.array(newMailbox).safeParse(await readJson(text));
  if (given.success) return given.data;
  const [first] = given.error.issues;
  throw wrong(`${first?.path.join('.') || 'it'} ${first?.message ?? ''}`);
}

async function readJson(text: string): Promise<unknown> {
  const json = text.trimStart().startsWith('[') ? text : await readFile(text, 'utf8').catch(cannotBeRead);
  try {
    return JSON.parse(json);
  } catch {
    // What JSON.parse says quotes the text, and passwords stand in it.
    throw wrong('must be a JSON array of mailboxes, or the file of one');
  }
}

function cannotBeRead({ message }: Error): never {
  throw new UsageError(`MAILBOXES cannot be read: ${message}`);
}

const wrong = (why: string) => new UsageError(`MAILBOXES is wrong: ${why}`);
