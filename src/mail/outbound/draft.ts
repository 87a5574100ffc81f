import { displayName } from '../../people/employee.ts';
import type { Keyring } from '../../secrets.ts';
import type { Settings } from '../../settings/schema.ts';
import type { ReplyMailbox } from '../reply-token.ts';
import type { MailTemplate } from './mail-template.ts';
import type { DeskView } from './mail-view.ts';
import { oneLine } from './one-line.ts';
import type { OwnText } from './render-template.ts';

/** What every draft has, whatever it is about: plain values, so that it can be composed with no transaction open. */
export interface Sheet<T extends MailTemplate> {
  id: number;
  template: T;
  locale: string;
  messageId: string;
  date: Date;
  from: { name: string; address: string };
  to: { name: string; address: string };
  mailbox: ReplyMailbox;
  /** What admins wrote instead of our text, by language. */
  own?: readonly OwnText[];
}

/** What drafts need beside the rows: where the portal is, without a slash at the end, and the key of the links that mails carry. */
export interface DraftDeps {
  publicUrl: string;
  links: Buffer;
  statusLinks: Keyring;
}

/** A person's name as a header can hold it. */
export function nameOf(person: Parameters<typeof displayName>[0]): string {
  return oneLine(displayName(person)).slice(0, 80);
}

/** What mails say of the desk itself. */
export function deskOf({ organisation_name, organisation_address, time_zone }: Settings): DeskView {
  const address = organisation_address.split('\n').map((line) => line.trim());
  return { name: oneLine(organisation_name), address: address.filter(Boolean), timeZone: time_zone };
}
