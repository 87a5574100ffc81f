import { Writable } from 'node:stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { sendMessages } from '../../src/mail/outbound/send-messages.ts';
import { smtpTransport } from '../../src/mail/transports/smtp-transport.ts';
import { scriptedSmtp } from '../mail/transports/scripted-smtp.ts';
import { accountMails } from '../support/account-mails.ts';
import { client, type Answer, type Client } from '../support/client.ts';
import { PASSWORD, useDesk } from '../support/desk.ts';

/**
 * The activity diagram "Employee Registration Process" of the system document, box by box and branch by branch: fill in the form, validate (no:
 * show errors), generate a company ID, create the record, send the pending mail (fail: log, continue), update the dashboard, go to the sign-in page.
 */
const desk = useDesk({ web: true });
const { notify, deliver, mailTo, tokenFor } = accountMails(desk);

const anybody = () => client(desk().url);
const form = {
  first_name: 'Lena',
  middle_name: 'Maria',
  last_name: 'Hoffmann',
  suffix: 'Jr.',
  email: 'lena.hoffmann@maravia.example',
  department: 'Finance',
  password: PASSWORD,
};
const register = (given: object = {}): Promise<Answer> => anybody().post('/api/register', { ...form, ...given });
const signIn = (email: string) => anybody().post('/api/token/employee', { email, password: PASSWORD });

let admin: Client;
beforeAll(async () => {
  await desk().account('admin'); // MA0001
  admin = client(desk().url, await desk().signIn('admin@desk.example'));
});

interface People {
  counts: Record<string, number>;
  results: { id: number; email: string; company_id: string }[];
}
const people = async (query = '') => (await admin.get(`/api/employees${query}`)).body as unknown as People;
const find = async (email: string) => (await people(`?q=${email}`)).results[0];

describe('the registration of an employee', () => {
  test('Fill Registration Form: the form is told what to ask for', async () => {
    const { body } = await anybody().get('/api/register');
    expect(body).toMatchObject({ registration: 'open' });
    expect(body['departments']).toContainEqual({ id: expect.any(Number), name: 'Finance' });
  });

  test('Validate Input Data, no: Show Error Messages, each at its field, and nothing is recorded', async () => {
    const wrong = { first_name: '', email: 'lena', password: 'short' };
    const answer = await register(wrong);
    expect(answer).toMatchObject({
      status: 400,
      body: { error: 'Field validation failed', code: 'validation_failed' },
    });
    expect(Object.keys(answer.body['details'] as object)).toEqual(['first_name', 'email']);
    const weak = await register({ password: 'short' });
    expect(weak.body['details']).toEqual({ password: [expect.stringContaining('at least 12')] });
    expect((await register({ department: 'Nowhere' })).body['details']).toHaveProperty('department');
    expect((await people()).counts).toMatchObject({ pending: 0 });
  });

  test('Validate Input Data, yes: the registration is taken', async () => {
    expect(await register()).toMatchObject({ status: 201, body: { status: 'pending' } });
  });

  test('Generate Company ID: MA and the next number, with at least four digits', async () => {
    expect((await find(form.email))?.company_id).toBe('MA0002');
  });

  test('Create Employee Record: pending, with all that was filled in', async () => {
    const { id = 0 } = (await find(form.email)) ?? {};
    const { body } = await admin.get(`/api/employees/${id}`);
    expect(body).toMatchObject({
      ...{ first_name: 'Lena', middle_name: 'Maria', last_name: 'Hoffmann', suffix: 'Jr.', email: form.email },
      ...{ department: { name: 'Finance' }, role: 'employee', status: 'pending', has_password: true },
      ...{ address_confirmed: false, moves: ['approve', 'reject'] },
    });
  });

  test('Send Pending Email, success: it comes from a machine and asks whether the address is theirs', async () => {
    expect(await deliver()).toEqual([`registration-pending → ${form.email}`]);
    const mail = await mailTo(form.email);
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.text?.replace(/\s+/g, ' ')).toContain('Then an administrator looks at the registration');
    const token = await tokenFor(form.email);
    expect(await anybody().post('/api/register/confirm', { token })).toMatchObject({ status: 200 });
  });

  test('Send Pending Email, fail: Log Error, Continue', async () => {
    const lines: string[] = [];
    const sink = new Writable({ write: (line, _, done) => (lines.push(String(line)), done()) });
    const server = await scriptedSmtp({ rcpt: '550 5.1.1 no such user' });
    const transport = smtpTransport({ host: '127.0.0.1', port: server.port, secure: false, auth: null });
    const email = 'no.such.user@maravia.example';

    expect(await register({ email })).toMatchObject({ status: 201, body: { status: 'pending' } });
    const rows = await notify();
    const deps = { ...desk().jobs.send, transport, log: createLog('info', sink) };
    await sendMessages(
      desk().transaction,
      rows.map(({ id }) => id),
      deps,
    );
    await transport.close();
    await server.close();

    expect(JSON.parse(lines.at(-1) ?? '{}')).toMatchObject({
      msg: 'message not sent',
      outbound: rows[0]?.id,
      code: 550,
    });
    expect(lines.join('')).not.toContain(email);
    const { id = 0, company_id } = (await find(email)) ?? {};
    expect(company_id).toBe('MA0003');
    expect((await admin.get(`/api/employees/${id}`)).body).toMatchObject({
      status: 'pending',
      mails: [{ template: 'registration-pending', state: 'failed', reason: 'Refused: 550 5.1.1 no such user' }],
    });
  });

  test('Update Dashboard: both wait for approval, whether their mail arrived or not', async () => {
    expect((await people()).counts).toMatchObject({ pending: 2, rejected: 0 });
    const { results } = await people('?status=pending');
    expect(results.map(({ company_id }) => company_id)).toEqual(['MA0003', 'MA0002']);
  });

  test('Redirect to Login Page: nobody signs in before an admin has approved them', async () => {
    expect(await signIn(form.email)).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
  });

  test('End: an admin approves, says so by mail, and the employee signs in for the first time', async () => {
    const { id = 0 } = (await find(form.email)) ?? {};
    expect((await admin.post(`/api/employees/${id}/approve`)).body).toMatchObject({ status: 'approved' });
    expect(await deliver()).toEqual([`registration-approved → ${form.email}`]);
    expect(await signIn(form.email)).toMatchObject({ status: 200, body: { id, role: 'employee', first_name: 'Lena' } });
    expect((await people()).counts).toMatchObject({ pending: 1 });
  });

  test('End, otherwise: an admin rejects with a reason, says so by mail, and the dashboard counts it', async () => {
    const { id = 0 } = (await find('no.such.user@maravia.example')) ?? {};
    const reason = 'Nobody here knows you.';
    expect((await admin.post(`/api/employees/${id}/reject`, { reason })).body).toMatchObject({ status: 'rejected' });
    expect(await deliver()).toEqual(['registration-rejected → no.such.user@maravia.example']);
    expect((await mailTo('no.such.user@maravia.example')).text).toContain(reason);
    expect((await people()).counts).toMatchObject({ pending: 0, rejected: 1 });
  });
});
