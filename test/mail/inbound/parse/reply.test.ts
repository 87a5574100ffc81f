import { describe, expect, test } from 'vitest';
import { attributionAt } from '../../../../src/mail/inbound/parse/reply/attribution.ts';
import { extractReply } from '../../../../src/mail/inbound/parse/reply/extract-reply.ts';
import { headerBlockAt } from '../../../../src/mail/inbound/parse/reply/header-block.ts';
import { textLines, type Line } from '../../../../src/mail/inbound/parse/reply/lines.ts';
import { scanBody } from '../../../../src/mail/inbound/parse/reply/scan-body.ts';
import { isAppendedLine } from '../../../../src/mail/inbound/parse/reply/appended-line.ts';
import { subjectKind } from '../../../../src/mail/inbound/parse/reply/subject-kind.ts';

describe('attributions, in any language and order', () => {
  test.each([
    'On Mon, Jan 5, 2026 at 9:41 AM Bo Lind <bo@example.org> wrote:',
    'On 2026-01-05 09:41, Bo Lind wrote:',
    'At 1/5/2026 09:41 AM, you wrote:',
    'Bo Lind <bo@example.org> wrote on 5 Jan 2026 at 09:41:',
    'Am 05.01.2026 um 09:41 schrieb Bo Lind <bo@example.org>:',
    'Le 5 janv. 2026 à 09:41, Bo Lind <bo@example.org> a écrit :',
    'El lun, 5 ene 2026 a las 9:41, Bo Lind (<bo@example.org>) escribió:',
    'Em seg., 5 de jan. de 2026 às 09:41, Bo Lind <bo@example.org> escreveu:',
    'Il giorno lun 5 gen 2026 alle ore 09:41 Bo Lind <bo@example.org> ha scritto:',
    'Op ma 5 jan. 2026 om 09:41 schreef Bo Lind <bo@example.org>:',
    'Op 5 jan. 2026 om 09:41 heeft Bo Lind <bo@example.org> het volgende geschreven:',
    'Den mån 5 jan. 2026 kl 09:41 skrev Bo Lind <bo@example.org>:',
    'man. 5. jan. 2026 kl. 09:41 skrev Bo Lind <bo@example.org>:',
    'ma 5. tammik. 2026 klo 9.41 Bo Lind (bo@example.org) kirjoitti:',
    'pon., 5 sty 2026 o 09:41 Bo Lind <bo@example.org> napisał(a):',
    'po 5. 1. 2026 v 9:41 odesílatel Bo Lind <bo@example.org> napsal:',
    'пн, 5 янв. 2026 г. в 09:41, Bo Lind <bo@example.org>:',
    '5 січ. 2026 р. 09:41 користувач Bo Lind <bo@example.org> пише:',
    'Στις Δευ, 5 Ιαν 2026 στις 9:41 π.μ., ο χρήστης Bo Lind <bo@example.org> έγραψε:',
    'Bo Lind <bo@example.org>, 5 Oca 2026 Pzt, 09:41 tarihinde şunu yazdı:',
    '在 2026年1月5日 09:41，Bo Lind <bo@example.org> 写道：',
    '2026年1月5日(月) 9:41 Bo Lind <bo@example.org>:',
    '2026년 1월 5일 (월) 오전 9:41, Bo Lind <bo@example.org>님이 작성:',
    'Vào Th 2, 5 thg 1, 2026 vào lúc 09:41 Bo Lind <bo@example.org> đã viết:',
    'W dniu 05.01.2026 o 09:41, Bo Lind pisze:',
    '---- On Mon, 05 Jan 2026 09:41:00 +0100 Bo Lind <bo@example.org> wrote ----',
  ])('%s', (text) => expect(attributionAt(textLines(text), 0)).toMatchObject({ end: 1, before: '' }));

  test.each([
    'On the counter beside the printer.',
    'On Monday at 10:30 the printer stopped.',
    'He wrote:',
    'The meeting is on 2026-01-05 at 09:41.',
    '2026-01-05 09:41:25',
    'Please read: https://example.org/2026/01/05',
    'Price on 5.1.2026: 12 Euro',
    'The error at 09:41 was:',
  ])('not: %s', (text) => expect(attributionAt(textLines(text), 0)).toBeNull());
});

describe('printed headers', () => {
  test.each([
    'From: Bo <bo@example.org>\nSent: Monday\nTo: Anna\nSubject: Toner',
    '*Von:* Bo\n*Gesendet:* Montag\n*An:* Anna\n*Betreff:* Toner',
    'De : Bo <bo@example.org>\nEnvoyé : lundi\nÀ : Anna\nObjet : Toner',
    'Da: Bo\nInviato: lunedì\nA: Anna\nOggetto: Toner',
    'От: Bo\nОтправлено: понедельник\nКому: Anna\nТема: Toner',
    '发件人: Bo\n发送时间: 2026年1月5日\n收件人: Anna\n主题: Toner',
    'Kimden: Bo\nGönderildi: Pazartesi\nKime: Anna\nKonu: Toner',
  ])('%j', (text) => expect(headerBlockAt(textLines(text), 0)?.fields.get('subject')).toBe('Toner'));

  test.each([
    'Date: Monday\nTime: 10:00\nRoom: 3',
    'From: Berlin\nTo: Hamburg',
    'To: Anna',
    'Subject: what I mean is this',
  ])('not: %j', (text) => expect(headerBlockAt(textLines(text), 0)).toBeNull());
});

test.each([
  ['Re: Toner', 'reply'],
  ['AW: Toner', 'reply'],
  ['SV[2]: Toner', 'reply'],
  ['[EXTERNAL] RE: Toner', 'reply'],
  ['Fwd: Toner', 'forward'],
  ['WG: Toner', 'forward'],
  ['轉寄: Toner', 'forward'],
  ['Toner: empty', null],
  ['Toner', null],
])('the subject %j is %j', (subject, kind) => expect(subjectKind(subject)).toBe(kind));

describe('lines that phones append', () => {
  test.each([
    'Sent from my iPhone',
    'Get Outlook for iOS<https://aka.ms/x>',
    'Von meinem Samsung Galaxy Smartphone gesendet.',
    'Envoyé depuis mon iPhone',
    'Enviado desde mi BlackBerry',
    'Verzonden vanaf mijn Android',
    'Отправлено с iPhone',
    '发自我的iPhone',
    'iPhoneから送信',
    '(sent from a phone)',
  ])('%s', (text) => expect(isAppendedLine(text)).toBe(true));
  test.each([
    'Sent from my desk, is much easier than my mobile phone.',
    'Sent the parcel yesterday',
    'I sent it with my phone',
    '',
  ])('not: %j', (text) => expect(isAppendedLine(text)).toBe(false));
});

test('nothing is lost: every line of the body is in the reply, the quotation or the signature', () => {
  const body = 'One.\n\nOn 5 Jan 2026, at 09:41, Desk wrote:\n> Two.\n\nThree.\n\n> Four.\n\n-- \nFive\n';
  const { reply, quoted, signature } = extractReply(body, { subject: 'Re: x', isReply: true });
  for (const word of ['One', 'Two', 'Three', 'Four', 'Five', 'Desk wrote'])
    expect(reply + quoted + signature).toContain(word);
});

describe('the scanner does bounded work per line (T22)', () => {
  const patterns: Record<string, string> = {
    'blank lines': '\n',
    'lines that begin like an attribution': 'On 12:30\n',
    'lines that are attributions': 'On Mon, Jan 5, 2026 at 9:41 AM bo@example.org wrote:\n',
    'lines that share an attribution': 'yes On Mon, Jan 5, 2026 at 9:41 AM bo@example.org wrote:\n> no\n',
    'header labels': 'From: a@example.org\n',
    rules: '----------\n',
    'quotations and answers': '> a\nb\n',
    'code fences': '```\nx\n```\n',
    'mobile lines': 'Sent from my iPhone\n\n',
  };
  test.each(Object.entries(patterns))('%s', (_, pattern) => {
    const small = countedScan(pattern.repeat(1000));
    const large = countedScan(pattern.repeat(2000));
    expect(large / small).toBeLessThan(2.1);
    expect(small / 1000).toBeLessThan(400);
  });
});

/** How often the scanner looks at a line. */
function countedScan(text: string): number {
  let looks = 0;
  const lines = new Proxy(textLines(text), {
    get(target, key, receiver) {
      if (typeof key === 'string' && /^\d+$/.test(key)) looks++;
      return Reflect.get(target, key, receiver) as Line;
    },
  });
  scanBody(lines, false);
  return looks;
}
