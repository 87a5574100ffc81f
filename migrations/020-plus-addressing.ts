import { Migration } from '@mikro-orm/migrations';

/** Hosts that do not deliver support+…@ to support@ can be served too. */
export class PlusAddressing extends Migration {
  override up(): void {
    // false: replies and bounces come to the plain address, and are known by our Message-IDs alone
    this.addSql('alter table mailbox add column plus_addressing boolean not null default true');
  }
}
