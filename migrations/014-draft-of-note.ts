import { Migration } from '@mikro-orm/migrations';

/** A note that was begun is a draft beside that of a reply: taken back, a reply would else be joined with words that only staff may see. */
export class DraftOfNote extends Migration {
  override up(): void {
    this.addSql('alter table draft drop constraint draft_pkey, add primary key (ticket_id, employee_id, visibility)');
  }
}
