import { expect, test } from 'vitest';
import { forgetLeases } from '../../src/mail/forget-leases.ts';
import { claimRows } from '../../src/mail/outbound/claim.ts';
import { recoverOutbox } from '../../src/mail/outbound/recover-outbox.ts';
import { useDesk } from '../support/desk.ts';
import { outbox } from './outbound/outbox.ts';

const desk = useDesk();
const { person, open, notify } = outbox(desk);

test('what a killed desk was sending is due at once when the start knows that nobody else is there', async () => {
  await open(await person());
  const [row] = await notify();
  const id = row?.id ?? 0;
  const claimed = await desk().transaction((tx) =>
    claimRows(tx, [id], new Map([[id, { mime: Buffer.from('Subject: kept\r\n\r\n') }]]), 30_000),
  );
  expect(claimed).toHaveLength(1);
  expect(await desk().transaction(recoverOutbox)).toEqual([]);
  await desk().transaction(forgetLeases);
  expect(await desk().transaction(recoverOutbox)).toEqual([id]);
});
