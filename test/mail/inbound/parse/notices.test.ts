import { describe, expect, test } from 'vitest';
import { BOUNCE_NOTICES, DELAY_NOTICES } from './notices/bounce-notices.ts';
import { parsed, plainMail } from './support.ts';

const classOf = async (headers: Readonly<Record<string, string>>, body: string) =>
  (await parsed(plainMail(body, headers))).class;

const cases = (notices: typeof BOUNCE_NOTICES) =>
  notices.map(([system, headers, text, recipients = ['bo@example.net']]) => ({ system, headers, text, recipients }));

describe('R10: a notice of a mail system that could not deliver names who was not reached', () => {
  test.each(cases(BOUNCE_NOTICES))('$system', async ({ headers, text, recipients }) => {
    const found = await classOf(headers, text);
    expect({ bounce: found.bounce, autoReply: found.autoReply }).toEqual({ bounce: true, autoReply: false });
    expect(found.delivery.map(({ recipient, action }) => [recipient, action])).toEqual(
      recipients.map((recipient) => [recipient, 'failed']),
    );
  });
});

describe('a notice that mail is late is a bounce that suppresses nobody', () => {
  test.each(cases(DELAY_NOTICES))('$system', async ({ headers, text }) => {
    const found = await classOf(headers, text);
    expect(found.bounce).toBe(true);
    expect(found.delivery).toMatchObject([{ recipient: 'bo@example.net', action: 'delayed' }]);
  });
});
