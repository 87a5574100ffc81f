import type { DeliveryStatus } from '../../inbound-mail.ts';
import type { MailFacts } from './facts.ts';

const MAX_READ = 200_000;

/**
 * The failed recipients of an Amazon SES bounce that came by mail through SNS: JSON within JSON, often broken by line
 * wrapping, so its fields are read one by one. Empty when it is none.
 */
export function readSnsNotice(facts: MailFacts): DeliveryStatus[] {
  if (!facts.has('x-amz-sns-message-id') && !facts.header('from').includes('@sns.amazonaws.com')) return [];
  const json = facts.text.slice(0, MAX_READ).replaceAll('\\', '');
  if (!/"notificationType"\s?:\s?"Bounce"/.test(json)) return [];
  const start = json.indexOf('"bouncedRecipients"');
  const list = start < 0 ? '' : json.slice(start, json.indexOf(']', start));
  return list
    .split('"emailAddress"')
    .slice(1)
    .flatMap((entry) => {
      const recipient = /^\s?:\s?"([^"\s]{3,320})"/.exec(entry)?.[1];
      if (recipient === undefined) return [];
      const status = /"status"\s?:\s?"([245]\.\d{1,3}\.\d{1,3})"/.exec(entry)?.[1] ?? null;
      const diagnostic = /"diagnosticCode"\s?:\s?"([^"]{1,500})"/.exec(entry)?.[1] ?? null;
      return [{ recipient, action: 'failed' as const, status, diagnostic }];
    });
}
