import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useFaultDesks, type FaultDesk } from '../faults/fault-desk.ts';
import { shortMail } from '../faults/mails.ts';
import { eventually, temporaryFolder } from '../support/processes.ts';
import { sendBytes } from '../support/smtp-session.ts';

const newDesk = useFaultDesks();
let desk: FaultDesk;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100m', 'none', folder.path]);
  desk = await newDesk({ DATA_DIR: folder.path });
});
afterAll(async () => {
  execFileSync('umount', ['--lazy', folder.path]);
  await folder.remove();
});

const send = (id: string) =>
  sendBytes(desk.smtpPort, Buffer.from(`${shortMail({ id, subject: id })}\r\n`), { to: ['support@desk.example'] });

function ticketWithFile(): FormData {
  const form = new FormData();
  form.append('subject', 'A file');
  form.append('description', 'See the file.');
  form.append('attachments', new Blob(['x'.repeat(1000)], { type: 'text/plain' }), 'x.txt');
  return form;
}

test('M28: with the disk nearly full mail is put off by 452 and a file by 503, reading goes on, and both are taken when there is room', async () => {
  const running = desk.launch();
  await running.running();
  expect(await send('full')).toMatch(/^452 4\.3\.1 /);
  expect(await desk.query('select id from inbound_message')).toEqual([]); // no row without its bytes

  const staff = await desk.staff();
  expect(await staff.get('/readyz')).toMatchObject({ status: 200, body: { status: 'degraded', reason: 'disk' } });
  const refused = await staff.send('POST', '/api/tickets', ticketWithFile());
  expect(refused).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await staff.get('/api/tickets?view=all')).body).toMatchObject({ count: 0 }); // reading goes on

  execFileSync('mount', ['-o', 'remount,size=1g', folder.path]);
  expect(await staff.get('/readyz')).toMatchObject({ body: { status: 'ok' } });
  expect(await staff.send('POST', '/api/tickets', ticketWithFile())).toMatchObject({ status: 201 });
  expect(await send('room')).toMatch(/^250 /);
  await eventually('it is worked on', async () => {
    const rows = await desk.query<{ state: string }>('select state from inbound_message');
    return rows.length === 1 && rows[0]?.state !== 'fetched';
  });
  running.process.kill('SIGTERM');
  await running.ended;
});
