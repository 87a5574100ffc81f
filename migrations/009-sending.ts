import { Migration } from '@mikro-orm/migrations';

/** Status links in mails. */
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
`;
