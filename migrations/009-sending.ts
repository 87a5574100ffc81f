import { Migration } from '@mikro-orm/migrations';

/** Status links in mails, and the pace of mails to one domain. */
export class Sending extends Migration {
  override up(): void {
    this.addSql(SCHEMA);
  }
}

const SCHEMA = `
-- Status links that were sent before it was raised are dead.
alter table participant add column link_epoch integer not null default 0;
-- mime is sealed with a key that is not in the database, as it holds a status link
alter table outbound_message add column sealed boolean not null default false;
-- when it was last begun to be sent, for the pace to its domain
alter table outbound_message add column claimed_at timestamptz;
create index outbound_message_claimed on outbound_message (claimed_at) where claimed_at is not null;
`;
