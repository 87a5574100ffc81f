import { Migration } from '@mikro-orm/migrations';

/** Mailboxes that are read from afar: what they are told to do, how they fare, and what the ledger knows of their numbering. */
export class Mailboxes extends Migration {
  override up(): void {
    this.addSql(SCHEMA);
  }
}

const SCHEMA = `
alter table mailbox drop constraint mailbox_source_check;
alter table mailbox add constraint mailbox_source_check check (source in ('smtp', 'maildir', 'file', 'imap', 'gmail', 'http'));
alter table mailbox
  add column enabled boolean not null default true,
  -- true: what comes here sends nothing automatically, to nobody
  add column quiet boolean not null default false,
  add column aliases text[] not null default '{}',
  add column sender_policy text not null default 'everyone' check (sender_policy in ('everyone', 'employees', 'domains')),
  add column sender_domains text[] not null default '{}',
  add column default_category_id bigint references category on delete set null,
  add column default_department_id bigint references department on delete set null,
  add column signature text not null default '',
  -- quiet: what the server had before the desk first looked is imported with its own dates, and nobody hears of it
  add column history text not null default 'live' check (history in ('live', 'quiet')),
  add column live_since timestamptz,
  -- credentials as JSON, sealed with table and row id as associated data
  add column secret text,
  -- which environment it was made from, as an HMAC: a changed environment is applied once, and what changed since then is kept
  add column environment_mark text,
  -- counts changes of the configuration: whoever reads the mailbox starts afresh
  add column version integer not null default 1,
  add column lease_holder text,
  -- somebody knows of new mail: to be polled before its time
  add column wanted_at timestamptz,
  -- stopped: by the desk itself, until a person sets it going again
  add column state text not null default 'ok' check (state in ('ok', 'failing', 'stopped')),
  add column trouble text check (trouble in ('unreachable', 'auth', 'permission', 'quota', 'renumbered')),
  add column trouble_since timestamptz,
  add column alerted_at timestamptz,
  -- when the server gave all messages new numbers (IMAP UIDVALIDITY), the last few times
  add column renumbered_at jsonb not null default '[]',
  add column reconciled_at timestamptz,
  add column deep_reconciled_at timestamptz,
  -- messages that only the comparison of server and ledger found
  add column missed_total bigint not null default 0,
  add check ((state = 'ok') = (trouble is null));
create index mailbox_default_category on mailbox (default_category_id);
create index mailbox_default_department on mailbox (default_department_id);

alter table inbound_message
  -- when the mailbox's server took it (IMAP INTERNALDATE); null: when it was discovered
  add column received_at timestamptz,
  -- its number is new, the message may not be: it is compared with what came before by its bytes
  add column renumbered boolean not null default false,
  -- true: the raw bytes are the message's header only, as the whole was too large
  add column header_only boolean not null default false,
  -- its source has still to be told that it is done
  add column untold boolean not null default false;
create index inbound_message_untold on inbound_message (mailbox_id, id) where untold;
create index inbound_message_discovered on inbound_message (mailbox_id, next_at) where state = 'discovered';
`;
