import { Migration } from '@mikro-orm/migrations';

/** What the portal shows at a glance is counted without reading years of mail: what waits for a decision, and what could not be sent. */
export class Portal extends Migration {
  override up(): void {
    this.addSql(SCHEMA);
  }
}

const SCHEMA = `
create index inbound_message_held on inbound_message (mailbox_id, id) where state = 'quarantined';
create index outbound_message_failed on outbound_message (id) where state = 'failed';
`;
