import { Migration } from '@mikro-orm/migrations';

/** What is deleted by age, people who are erased, and files that tasks make. */
export class Retention extends Migration {
  override up(): void {
    this.addSql(SCHEMA);
  }
}

const SCHEMA = `
alter table inbound_message
  -- its bytes are not kept any more; their hash is, by which the same message is known again
  add column raw_deleted_at timestamptz;
create index inbound_message_kept on inbound_message (finished_at) where raw_deleted_at is null and raw_sha256 is not null and finished_at is not null;

-- the bytes of a mail that has come to its end may go
alter table outbound_message
  drop constraint outbound_message_check,
  add constraint outbound_message_check check (state in ('pending', 'suppressed') or mime is not null or secret or finished_at is not null);
create index outbound_message_kept on outbound_message (finished_at) where mime is not null and finished_at is not null;

create index ticket_over on ticket (updated_at) where status in ('closed', 'rejected', 'withdrawn');

alter table employee add column erased_at timestamptz;
create index employee_picture on employee (picture_sha256) where picture_sha256 is not null;

-- What a task made to be downloaded, a piece for each part: written in the transaction that counts the part.
create table task_file (
  task_id bigint not null references task on delete cascade,
  part integer not null,
  content text not null,
  primary key (task_id, part)
);
alter table task
  -- name and type of the file that it makes, and the rights it is made with: whoever has others does not get it
  add column file jsonb,
  -- until when it can be downloaded; null: not yet, or there is none
  add column file_until timestamptz;
create index task_file_until on task (file_until) where file_until is not null;
`;
