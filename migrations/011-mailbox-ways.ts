import { Migration } from '@mikro-orm/migrations';

/** Mail that goes out by the Gmail API, and until when Gmail pushes news of a mailbox. */
export class MailboxWays extends Migration {
  override up(): void {
    this.addSql(SCHEMA);
  }
}

const SCHEMA = `
alter table mailbox drop constraint mailbox_transport_check;
alter table mailbox add constraint mailbox_transport_check
  -- desk: by the server of SMTP_URL; gmail: by the account that it is read from
  check (transport in ('desk', 'smtp', 'gmail')),
  -- users.watch ends by itself after a week; null: nobody pushes
  add column push_until timestamptz;
`;
