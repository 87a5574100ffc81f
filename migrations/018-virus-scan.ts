import { Migration } from '@mikro-orm/migrations';

/** What the virus scanner said of files, and when it is asked again. */
export class VirusScan extends Migration {
  override up(): void {
    this.addSql(SCHEMA);
  }
}

const SCHEMA = `
alter table attachment
  -- what was found, or why nothing can be said
  add column scan_found text,
  -- the signatures that it was scanned with; other ones may find other things
  add column scan_signatures text,
  add column scan_attempts integer not null default 0,
  -- when it may be asked about; while it is, until when whoever does it has it
  add column scan_next_at timestamptz not null default now();
create index attachment_unscanned on attachment (scan_next_at) where scan = 'unscanned';
create index attachment_signatures on attachment (scan_signatures, scan_next_at) where scan <> 'unscanned';
`;
