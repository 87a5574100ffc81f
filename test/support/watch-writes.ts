import pg from 'pg';
import type { TestDesk } from './desk.ts';

export interface WatchedWrites {
  /** The tables with rows that were written and committed since it was asked last. */
  written(): Promise<string[]>;
  stop(): Promise<void>;
}

/** Notes by triggers which tables are written: what was rolled back leaves no note. Cheaper than comparing all rows after every request. */
export async function watchWrites(desk: TestDesk): Promise<WatchedWrites> {
  const owner = new pg.Client(desk.databaseOwnerUrl);
  await owner.connect();
  await owner.query(`
    create schema watch;
    create unlogged table watch.written (name text not null);
    create function watch.note() returns trigger language plpgsql security definer as
      'begin insert into watch.written values (tg_table_name); return null; end';
    grant usage on schema watch to public;
    do $$ declare one record; begin
      for one in select tablename from pg_tables where schemaname = 'public' loop
        execute format('create trigger watch after insert or update or delete on public.%I for each row execute function watch.note()', one.tablename);
      end loop;
    end $$`);
  return {
    async written() {
      const { rows } = await owner.query<{ name: string }>('delete from watch.written returning name');
      return [...new Set(rows.map(({ name }) => name))].sort();
    },
    stop: () => owner.end(),
  };
}
