import { describe, expect, test } from 'vitest';
import { BOUNCE_NOTICES, DELAY_NOTICES } from './notices/bounce-notices.ts';
import { parsed, plainMail } from './support.ts';

const classOf = async (headers: Readonly<Record<string, string>>, body: string) =>
  (await parsed(plainMail(body, headers))).class;

describe('a notice of a mail system that could not deliver names who was not reached', () => {
  test.each(BOUNCE_NOTICES)('%s', async (_, headers, text, recipients = ['bo@example.net']) => {
    const found = await classOf(headers, text);
    expect({ bounce: found.bounce, autoReply: found.autoReply }).toEqual({ bounce: true, autoReply: false });
    expect(found.delivery.map(({ recipient, action }) => [recipient, action])).toEqual(
      recipients.map((recipient) => [recipient, 'failed']),
    );
  });
});

describe('a notice that mail is late is a bounce that suppresses nobody', () => {
  test.each(DELAY_NOTICES)('%s', async (_, headers, text) => {
    const found = await classOf(headers, text);
    expect(found.bounce).toBe(true);
    expect(found.delivery).toMatchObject([{ recipient: 'bo@example.net', action: 'delayed' }]);
  });
});
