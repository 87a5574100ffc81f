import type Router from '@koa/router';
import type { Transaction } from '../db/transaction.ts';
import { listAccountMails } from '../mail/outbound/list-account-mails.ts';
import { approveEmployee } from '../people/approve-employee.ts';
import { createEmployee } from '../people/create-employee.ts';
import { editEmployee } from '../people/edit-employee.ts';
import type { Employee } from '../people/employee.ts';
import { inviteEmployee } from '../people/invite-employee.ts';
import { listEmployees } from '../people/list-employees.ts';
import { lockEmployee } from '../people/lock-employee.ts';
import { readEmployee } from '../people/read-employee.ts';
import { rejectEmployee } from '../people/reject-employee.ts';
import { signOutEmployee } from '../people/sign-out-employee.ts';
import { findClassification, type NameOrId } from '../tickets/find-category.ts';
import { startTask } from '../tasks/start-task.ts';
import { beginErasure } from '../retention/begin-erasure.ts';
import { refuseOldSignIn } from './admit-principal.ts';
import { mount, type MountDeps } from './mount.ts';
import { presentDetails, presentEmployee } from './present-employee.ts';
import { presentTask } from './tasks.ts';

/** What opens an account to somebody else, or gives rights (ASVS 7.5.1). */
const GRAVE = ['email', 'role', 'status'] as const;

/** People and their accounts, for staff. */
export function employeeRoutes(router: Router, deps: MountDeps): void {
  const { links } = deps.secrets;

  mount(router, deps, 'listEmployees', async ({ tx, actor, query }) => {
    const { department, ...asked } = query;
    const { departmentId } = await findClassification(tx, { department });
    const page = await listEmployees(tx.em, actor, { ...asked, departmentId });
    const link = (cursor: string | null) => cursor && linkTo({ ...query, cursor });
    return {
      ...{ count: page.count, count_capped: page.countCapped, next: link(page.next), previous: link(page.previous) },
      ...(page.counts && { counts: page.counts }),
      results: page.results.map((row) => presentEmployee(row, actor)),
    };
  });

  mount(router, deps, 'readEmployee', ({ tx, actor, params }) => details(tx, actor, params.id));

  mount(router, deps, 'createEmployee', async ({ tx, actor, body }) => {
    const { first_name, middle_name, last_name, suffix, email, role, locale = null } = body;
    const { departmentId } = await findClassification(tx, { department: body.department });
    const given = {
      ...{ email, firstName: first_name, middleName: middle_name, lastName: last_name, suffix, role, locale },
      ...{ departmentId, departments: await idsOf(tx, body.departments) },
    };
    const { id } = await createEmployee(tx, links, given, actor);
    return details(tx, actor, id);
  });

  mount(router, deps, 'editEmployee', async ({ tx, actor, session, params, body }) => {
    const { first_name, middle_name, last_name, version, department, departments, ...same } = body;
    if (session && GRAVE.some((field) => body[field] !== undefined)) refuseOldSignIn(session, tx.now);
    const edit = {
      ...{ ...same, firstName: first_name, middleName: middle_name, lastName: last_name },
      departmentId: department === null ? null : await idOf(tx, department),
      departments: departments && (await idsOf(tx, departments)),
    };
    await editEmployee(tx, links, params.id, { edit, actor, version });
    return details(tx, actor, params.id);
  });

  mount(router, deps, 'approveEmployee', async ({ tx, actor, params, body }) => {
    const person = await lockEmployee(tx, params.id, body.version);
    await approveEmployee(tx, links, person, { actor, role: body.role });
    return details(tx, actor, params.id);
  });

  mount(router, deps, 'rejectEmployee', async ({ tx, actor, params, body }) => {
    const person = await lockEmployee(tx, params.id, body.version);
    await rejectEmployee(tx, person, { actor, reason: body.reason });
    return details(tx, actor, params.id);
  });

  mount(router, deps, 'inviteEmployee', async ({ tx, actor, params }) => {
    await inviteEmployee(tx, links, await lockEmployee(tx, params.id), actor);
    return details(tx, actor, params.id);
  });

  mount(router, deps, 'eraseEmployee', async ({ tx, actor, params, body: { reason, version } }) => {
    const input = await beginErasure(tx, params.id, { actor, reason, version });
    return { task: presentTask(await startTask(tx, { kind: 'erase-person', actor, input }), tx.now) };
  });

  mount(router, deps, 'signOutEmployee', async ({ tx, actor, params }) => ({
    sessions: await signOutEmployee(tx, await lockEmployee(tx, params.id), actor),
  }));
}

/** What was changed is written first: people are read by statements. */
async function details(tx: Transaction, reader: Employee, id: number) {
  await tx.em.flush();
  const row = await readEmployee(tx.em, reader, id);
  return presentDetails(row, reader, reader.role === 'admin' ? await listAccountMails(tx.em, id) : []);
}

async function idOf(tx: Transaction, department: NameOrId | undefined): Promise<number | undefined> {
  return (await findClassification(tx, { department })).departmentId ?? undefined;
}

async function idsOf(tx: Transaction, departments: readonly NameOrId[]): Promise<number[]> {
  const ids = [];
  for (const department of departments) ids.push(await idOf(tx, department));
  return ids.filter((id) => id !== undefined);
}

function linkTo(query: Record<string, string | number | undefined>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) search.set(key, String(value));
  return `/api/employees?${search}`;
}
