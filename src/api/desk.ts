import type Router from '@koa/router';
import type { EntityManager } from '@mikro-orm/postgresql';
import { displayName, isStaff } from '../people/employee.ts';
import { PRIORITIES } from '../tickets/ticket.ts';
import type { Role } from '../tickets/lifecycle.ts';
import { mount, mountOpen, type MountDeps } from './mount.ts';
import { MAX_FILES, MAX_FILE_SIZE } from './uploads.ts';

export interface DeskDeps extends MountDeps {
  organisation: string;
  supportAddress: string;
  local: boolean;
}

interface CategoryRow {
  id: number;
  name: string;
  sub_categories: { id: number; name: string }[];
}
interface StaffRow {
  id: string;
  firstName: string;
  lastName: string;
  email: string;
  role: Role;
}

export function deskRoutes(router: Router, deps: DeskDeps): void {
  mountOpen(router, deps, 'desk', async () => ({
    name: deps.organisation,
    support_address: deps.supportAddress,
    local: deps.local,
  }));

  mount(router, deps, 'options', async ({ tx, actor }) => ({
    categories: await categories(tx.em),
    departments: (
      await tx.em.execute<{ id: string; name: string }[]>('select id, name from department order by name')
    ).map(({ id, name }) => ({ id: Number(id), name })),
    priorities: [...PRIORITIES],
    staff: isStaff(actor) ? await staff(tx.em) : [],
    max_file_size: MAX_FILE_SIZE,
    max_files: MAX_FILES,
  }));
}

async function categories(em: EntityManager): Promise<CategoryRow[]> {
  const rows = await em.execute<(Omit<CategoryRow, 'id'> & { id: string })[]>(
    `select c.id, c.name, coalesce(json_agg(json_build_object('id', s.id, 'name', s.name) order by s.name) filter (where s.id is not null), '[]') as sub_categories
       from category c left join category s on s.parent_id = c.id where c.parent_id is null group by c.id order by c.id`,
  );
  return rows.map((row) => ({ ...row, id: Number(row.id) }));
}

async function staff(em: EntityManager) {
  const rows = await em.execute<StaffRow[]>(
    `select id, first_name as "firstName", last_name as "lastName", email, role from employee
      where status = 'approved' and role <> 'employee' order by last_name, first_name, id limit 500`,
  );
  return rows.map((row) => ({ id: Number(row.id), name: displayName(row), email: row.email, role: row.role }));
}
