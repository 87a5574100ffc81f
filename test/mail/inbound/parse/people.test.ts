import { describe, expect, test } from 'vitest';
import { parsed, plainMail } from './support.ts';

const classOf = async (headers: Record<string, string>, body: string) => (await parsed(plainMail(body, headers))).class;
const HUMAN = { autoReply: false, bounce: false };

describe('a person who writes about automatic mail is a person', () => {
  test.each([
    ['Abwesenheitsnotiz', 'Hallo, wie richte ich eine Abwesenheitsnotiz ein?\n\nAnna'],
    ['Automatic reply', 'Please switch mine off, I am back.'],
    ['Automatic reply: not working', 'Hello, mine is not sent any more. Can you look?'],
    ['Out of office: how long can it be?', 'Is there a limit?'],
    ['Out of office printer', 'It is empty.'],
    ['Out of Office', 'Please set it for Bo, he is ill.'],
    ['Autosvar', 'Hej, hur slår jag av det?'],
    ['Réponse automatique', 'Bonjour, comment la désactiver ?'],
    ['Respuesta automática', 'Hola, necesito cambiarla. Gracias.'],
    ['自动回复', '你好，请帮我关闭自动回复。'],
    ['Vacation: three days in May', 'I would like to take the 4th to the 6th.'],
    ['Vacation', 'How many days do I have left?'],
    ['Absence: maladie', 'Je serai absente demain.'],
    ['Abwesenheit: Antrag', 'Bitte um Genehmigung vom 4. bis 6. Mai.'],
    ['Auto: Kratzer an der Tür', 'Der Poolwagen hat einen Kratzer.'],
    ['Frånvaro: sjuk', 'Jag är sjuk idag.'],
    ['不在: 明日', '明日はお休みをいただきます。'],
    ['Nieobecność: urlop', 'Proszę o urlop.'],
  ])('%s', async (subject, body) => expect(await classOf({ Subject: subject }, body)).toMatchObject(HUMAN));
});

describe('a person who writes about mail that did not arrive is a person', () => {
  const notice =
    'This is the mail system at host mx.example.com.\n\n<bo@example.net>: host mx.example.net said: 550 5.1.1\n    User unknown\n';
  test.each<[string, string, Record<string, string>?]>([
    ['Delivery problem with order 123', 'The parcel has not arrived.'],
    ['Delivery delayed?', 'When does the paper come?'],
    ['Delivery failed', 'The courier could not find us.'],
    ['Delivery report', 'Attached is the report on the deliveries of May.'],
    ['Failed delivery of a parcel', 'Please send it again.'],
    ['Rejected: invoice 4711', 'We reject it, the sum is wrong.'],
    ['Unknown user in the address list', 'Who is ext-bo?'],
    [
      'User unknown',
      'Hello,\n\nI get this when I write to Bo. What is wrong?\n\n550 5.1.1 <bo@example.net>: user unknown',
    ],
    ['Mail not delivered', `Hello,\n\nmy mail to Bo came back, see below.\n\n${notice}`],
    ['Mail error', 'Outlook shows an error when I start it.'],
    ['Returned mail', 'Three letters came back from the post office.'],
    ['Warning: message on my screen', 'It says that the disk is full.'],
    ['Undelivered Mail Returned to Sender', `Hello,\n\nI keep getting these. What should I do?\n\n${notice}`],
    ['Undeliverable: Toner', `Hi, why do I get this?\n\n${notice}`],
    ['Undeliverable: Toner', notice, { 'User-Agent': 'Mozilla Thunderbird' }],
    ['Fwd: Undelivered Mail Returned to Sender', `${notice}`],
    ['Re: Undelivered Mail Returned to Sender', notice],
    ['WG: Unzustellbar: Toner', `Was ist das?\n\n${notice}`],
    ['RE: failure notice', notice, { 'In-Reply-To': '<1@mx.example.com>' }],
    ['退信', '你好，我发给客户的邮件总是退信，请帮忙看看。'],
    ['Ma boîte', 'Mon message est non remis au client.'],
    ['Unzustellbar', 'Guten Tag, meine Mails an Bo Lind kommen alle zurück.'],
    [
      'Greetings from the postmaster',
      'I am the new postmaster. Your mail was rejected last week, sorry.',
      { From: 'postmaster@example.com' },
    ],
    ['Hello', 'I look after mail here. Please send me your logs.', { From: 'Mail Admin <mailadmin@example.com>' }],
  ])('%s', async (subject, body, headers = {}) =>
    expect(await classOf({ Subject: subject, ...headers }, body)).toMatchObject(HUMAN),
  );

  test('also when the client carries the delivery report along', async () => {
    const report =
      'Reporting-MTA: dns; mx.example.com\n\nFinal-Recipient: rfc822; bo@example.net\nAction: failed\nStatus: 5.1.1\n';
    const raw = plainMail(
      `--b\nContent-Type: text/plain\n\nHello, what does this mean for us here?\n--b\nContent-Type: message/delivery-status\n\n${report}\n--b--\n`,
      { Subject: 'Fwd: Undelivered Mail Returned to Sender' },
    ).replace('text/plain; charset=utf-8', 'multipart/mixed; boundary=b');
    expect((await parsed(raw)).class).toMatchObject({ ...HUMAN, delivery: [] });
  });

  test('also when he forwards the bounce as a file', async () => {
    const bounce =
      'From: MAILER-DAEMON@mx.example.com\nSubject: failure notice\nContent-Type: multipart/report; report-type=delivery-status; boundary=r\n\n--r\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; bo@example.net\nAction: failed\nStatus: 5.1.1\n\n--r--\n';
    const raw = plainMail(
      `--b\nContent-Type: text/plain\n\nPlease see the file.\n--b\nContent-Type: message/rfc822\n\n${bounce}\n--b--\n`,
    ).replace('text/plain; charset=utf-8', 'multipart/mixed; boundary=b');
    expect((await parsed(raw)).class).toMatchObject({ ...HUMAN, delivery: [] });
  });
});

describe('automatic answers that only their subject betrays', () => {
  test.each([
    'Automatic reply: Toner',
    'Auto: Re: Toner',
    'Out of Office: Toner',
    'Abwesenheitsnotiz: Toner',
    'Automatische Antwort: Toner',
    'Abwesend: Re: Toner',
    'Réponse automatique : Toner',
    'Respuesta automática: Toner',
    'Resposta automática: Toner',
    'Risposta automatica: Toner',
    'Fuori sede: Re: Toner',
    'Automatisch antwoord: Toner',
    'Autosvar: Toner',
    'Automatisk svar: Toner',
    'Automaattinen vastaus: Toner',
    'Automatyczna odpowiedź: Toner',
    'Automatická odpověď: Toner',
    'Automatikus válasz: Toner',
    'Автоматический ответ: Toner',
    'Otomatik yanıt: Toner',
    'Αυτόματη απάντηση: Toner',
    '自動応答: Toner',
    '自动答复: Toner',
    '자동 회신: Toner',
  ])('%s', async (subject) =>
    expect(await classOf({ Subject: subject }, 'I am away until Monday.')).toMatchObject({
      autoReply: true,
      bounce: false,
    }),
  );

  test.each(['Vacation: until Monday', 'Absence: Toner', 'Out of Office', '不在: Toner'])(
    '%s, when it answers something',
    async (subject) =>
      expect(
        await classOf({ Subject: subject, 'In-Reply-To': '<1@example.org>' }, 'I am away until Monday.'),
      ).toMatchObject({ autoReply: true, bounce: false }),
  );
});
