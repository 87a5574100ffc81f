import { Migration } from '@mikro-orm/migrations';

/** Below what a person of staff writes in mails. */
export class Signature extends Migration {
  override up(): void {
    this.addSql(`alter table employee add column signature text not null default ''`);
  }
}
