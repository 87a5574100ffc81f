import { Migration } from '@mikro-orm/migrations';

/** Whoever listens hears of every change of a ticket when it is committed. */
export class Live extends Migration {
  override up(): void {
    this.addSql(`
create function public.tell_changed() returns trigger language plpgsql as $$
declare
  ids text := (select string_agg(distinct id::text, ',') from changed);
begin
  -- A payload ends at 8,000 bytes.
  if ids is not null then perform pg_notify('ticket_changed', case when length(ids) < 7000 then ids else '*' end); end if;
  return null;
end $$;
-- What became of a mail stands beside what it tells.
create function public.tell_sent() returns trigger language plpgsql as $$
declare
  ids text := (select string_agg(distinct n.ticket_id::text, ',') from changed n join before o on o.id = n.id
    where n.state is distinct from o.state and n.ticket_id is not null);
begin
  if ids is not null then perform pg_notify('ticket_changed', case when length(ids) < 7000 then ids else '*' end); end if;
  return null;
end $$;
create trigger tell_opened after insert on ticket referencing new table as changed for each statement execute function public.tell_changed();
create trigger tell_changed after update on ticket referencing new table as changed for each statement execute function public.tell_changed();
create trigger tell_sent after update on outbound_message referencing old table as before new table as changed
  for each statement execute function public.tell_sent();
`);
  }
}
