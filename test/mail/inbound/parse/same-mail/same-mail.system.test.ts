import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { InboundMail } from '../../../../../src/mail/inbound/inbound-mail.ts';
import { BOUNCE_NOTICES, DELAY_NOTICES } from '../notices/bounce-notices.ts';
import { parsed, plainMail } from '../support.ts';
import { BODY_DISGUISES } from './body-disguises.ts';
import { HEADER_DISGUISES } from './header-disguises.ts';

const folder = new URL('../fixtures/', import.meta.url).pathname;
const fixtures = globSync(`${folder}*.eml`).map((path) => [basename(path, '.eml'), readFileSync(path)] as const);
const notices = [...BOUNCE_NOTICES, ...DELAY_NOTICES].map(
  ([system, headers, text]) => [system, Buffer.from(plainMail(text, headers))] as const,
);
const mails = [...fixtures, ...notices];

/** White space and quotation marks are what a disguise may change. */
const words = (text: string | undefined) => (text ?? '').replaceAll(/[\s>\u00a0\u200e]+/g, '');

/** What a reader, a rule or an answer goes by. */
function gist({ subject, from, to, cc, messageId, references, ...mail }: InboundMail) {
  const { bounce, autoReply, noAutoAnswer, abuseReport, delivery } = mail.class;
  return {
    ...{ subject, from, to, cc, messageId, references, bounce, autoReply, noAutoAnswer, abuseReport },
    ...{ reply: words(mail.reply), quoted: words(mail.quoted), signature: words(mail.signature) },
    forward: mail.forward && { ...mail.forward, text: words(mail.forward.text), date: words(mail.forward.date) },
    text: words(mail.text),
    files: mail.attachments.map(({ filename }) => filename),
    recipients: delivery.map(({ recipient, action, status }) => [recipient, action, status]),
    protection: mail.protection,
    calendar: mail.calendar,
  };
}

describe('a mail is understood the same in whatever way it is written', () => {
  test.each(Object.entries({ ...HEADER_DISGUISES, ...BODY_DISGUISES }))('%s', async (_, disguise) => {
    let tried = 0;
    for (const [name, raw] of mails) {
      const other = disguise(raw);
      if (!other || other.equals(raw)) continue;
      tried++;
      expect(gist(await parsed(other)), name).toEqual(gist(await parsed(raw)));
    }
    expect(tried).toBeGreaterThan(2);
  });
});
