import type Router from '@koa/router';
import type { EntityManager } from '@mikro-orm/postgresql';
import { displayName, isStaff } from '../people/employee.ts';
import { defaultPriority } from '../settings/default-priority.ts';
import { readSettings } from '../settings/read-settings.ts';
import { PRIORITIES } from '../tickets/ticket.ts';
import type { Role } from '../tickets/lifecycle.ts';
import { mount, mountOpen, type MountDeps } from './mount.ts';
import { uploadLimits } from './uploads.ts';

export interface DeskDeps extends MountDeps {
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
    name: (await deps.transaction(readSettings)).organisation_name,
    support_address: deps.supportAddress,
    local: deps.local,
  }));

  mount(router, deps, 'options', async ({ tx, actor }) => {
    const settings = await readSettings(tx);
    const { size, count, types } = uploadLimits(settings);
    return {
      categories: await categories(tx.em),
      departments: await departments(tx.em),
      priorities: [...PRIORITIES],
      priority_names: settings.priority_names,
      default_priority: defaultPriority(settings),
      staff: isStaff(actor) ? await staff(tx.em) : [],
      max_file_size: size,
      max_files: count,
      file_types: [...types],
    };
  });
}

async function departments(em: EntityManager): Promise<{ id: number; name: string }[]> {
  const rows = await em.execute<{ id: string; name: string }[]>(
    'select id, name from department where active order by position, id',
  );
  return rows.map(({ id, name }) => ({ id: Number(id), name }));
}

async function categories(em: EntityManager): Promise<CategoryRow[]> {
  const rows = await em.execute<(Omit<CategoryRow, 'id'> & { id: string })[]>(
    `select c.id, c.name, coalesce(json_agg(json_build_object('id', s.id, 'name', s.name) order by s.position, s.id) filter (where s.id is not null), '[]') as sub_categories
       from category c left join category s on s.parent_id = c.id and s.active where c.parent_id is null and c.active group by c.id order by c.position, c.id`,
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
