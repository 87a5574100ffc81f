import { Migration } from '@mikro-orm/migrations';

/** Finding tickets: full text with accents folded, names and subjects with typing errors, and the turns of those who are given tickets. */
export class TicketSearch extends Migration {
  override up(): void {
    this.addSql(SCHEMA);
  }
}

/** What a person wrote is searched up to here: a tsvector ends at 1 MB. */
const WRITTEN = 50_000;

/** Addresses, paths and names of files are searched by their parts, which PostgreSQL's parser would keep together. */
const words = (column: string) => `to_tsvector('public.desk'::regconfig, translate(${column}, '@./\\_:-', '       '))`;

const SCHEMA = `
create extension if not exists pg_trgm;
create extension if not exists unaccent;

create text search configuration public.desk (copy = pg_catalog.simple);
alter text search configuration public.desk
  alter mapping for asciiword, word, numword, asciihword, hword, numhword, hword_asciipart, hword_part, hword_numpart
  with public.unaccent, pg_catalog.simple;

-- unaccent() is only stable, as its dictionary could change; ours does not.
create function public.fold(given text) returns text language sql immutable strict parallel safe
  return public.unaccent('public.unaccent'::regdictionary, lower(given));

alter table ticket add column search tsvector generated always as (${words('subject')}) stored;
create index ticket_search on ticket using gin (search);
create index ticket_subject_similar on ticket using gin (public.fold(subject) public.gin_trgm_ops);

alter table comment add column search tsvector generated always as (${words(`left(body, ${WRITTEN})`)}) stored;
create index comment_search on comment using gin (search);

alter table attachment add column search tsvector generated always as (${words('filename')}) stored;
create index attachment_search on attachment using gin (search);

create index employee_similar on employee
  using gin (public.fold(first_name || ' ' || last_name || ' ' || email) public.gin_trgm_ops);

create index ticket_updated on ticket (updated_at desc, id desc);
create index ticket_overdue on ticket (scheduled_for) where scheduled_for is not null;
create index ticket_event_assigned on ticket_event ((data ->> 'assignee_id'), created_at) where type = 'assigned';
`;
