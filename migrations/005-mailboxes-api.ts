import { Migration } from '@mikro-orm/migrations';

/** Mailboxes that an admin makes: how their mail goes out; and an index for the words of the ledger. */
export class MailboxesApi extends Migration {
  override up(): void {
    this.addSql(SCHEMA);
  }
}

// pg_trgm comes with PostgreSQL and is trusted: the owner of a database may add it.
const SCHEMA = `
alter table mailbox
  -- desk: by the server of SMTP_URL, as all mail of the desk itself
  add column transport text not null default 'desk' check (transport in ('desk', 'smtp')),
  add column transport_config jsonb not null default '{}',
  add column updated_at timestamptz;

create extension if not exists pg_trgm;
-- Words stand in one line each, so that none is found across two of them.
create index inbound_message_words on inbound_message using gin
  ((coalesce(from_address, '') || E'\\n' || coalesce(envelope_from, '') || E'\\n' || coalesce(subject, '') || E'\\n' || coalesce(reason, '')) gin_trgm_ops);
create index mail_message_words on mail_message using gin (message_id gin_trgm_ops);
`;
