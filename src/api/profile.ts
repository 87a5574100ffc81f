import type Router from '@koa/router';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { normalizePicture } from '../files/picture.ts';
import { askEmailChange } from '../people/ask-email-change.ts';
import { changeEmail } from '../people/change-email.ts';
import { Employee, isStaff } from '../people/employee.ts';
import { allSwitches } from '../people/preferences.ts';
import { updateProfile } from '../people/update-profile.ts';
import { sendFile } from './attachments.ts';
import { mount, mountOpen, type MountDeps } from './mount.ts';

/** A person's own profile: names, department, language, mails, address, picture. */
export function profileRoutes(router: Router, deps: MountDeps): void {
  mount(router, deps, 'readProfile', ({ tx, actor }) => present(tx, actor));

  mount(router, deps, 'updateProfile', async ({ tx, actor, body }) => {
    const { first_name: firstName, middle_name: middleName, last_name: lastName, ...rest } = body;
    await updateProfile(tx, actor, { firstName, middleName, lastName, ...rest });
    return present(tx, actor);
  });

  mount(router, deps, 'askEmailChange', async ({ tx, actor, body }) => {
    await askEmailChange(tx, actor, deps.secrets.links, body.email);
    return {};
  });

  mountOpen(router, deps, 'changeEmail', async ({ body, transaction }) => {
    await transaction((tx) => changeEmail(tx, body.token));
    return {};
  });

  mount(router, deps, 'setPicture', async ({ tx, actor, body }) => {
    const { sha256 } = await deps.blobs.put(await normalizePicture(body as Buffer));
    return changePicture(tx, actor, sha256);
  });

  mount(router, deps, 'removePicture', ({ tx, actor }) => changePicture(tx, actor, null));

  mount(router, deps, 'readPicture', async ({ tx, actor, params, ctx }) => {
    const person = await tx.em.findOne(Employee, params.id);
    const seen = person && (person.id === actor.id || isStaff(actor) || isStaff(person));
    const size = seen && person.pictureSha256 ? await deps.blobs.size(person.pictureSha256) : null;
    if (!person?.pictureSha256 || size === null) throw new AppError('not_found', 'There is no such picture');
    sendFile(ctx, { filename: 'picture.jpg', contentType: 'image/jpeg', size });
    ctx.body = deps.blobs.stream(person.pictureSha256);
    return undefined;
  });
}

async function changePicture(tx: Transaction, actor: Employee, sha256: string | null) {
  actor.pictureSha256 = sha256;
  actor.updatedAt = tx.now;
  const subject = { type: 'employee', id: actor.id };
  tx.audit({ action: 'profile.changed', actorId: actor.id, subject, data: { fields: ['picture'] } });
  return present(tx, actor);
}

async function present({ em }: Transaction, person: Employee) {
  const [department] =
    person.departmentId === null || person.departmentId === undefined
      ? []
      : await em.execute<{ id: string; name: string }[]>('select id, name from department where id = ?', [
          person.departmentId,
        ]);
  return {
    id: person.id,
    company_id: person.companyId ?? null,
    email: person.email,
    role: person.role,
    first_name: person.firstName,
    middle_name: person.middleName,
    last_name: person.lastName,
    suffix: person.suffix,
    department: department ? { id: Number(department.id), name: department.name } : null,
    locale: person.locale === 'de' ? ('de' as const) : ('en' as const),
    signature: person.signature,
    preferences: allSwitches(person.preferences),
    picture: person.pictureSha256 ? `/api/employees/${person.id}/picture` : null,
    has_password: Boolean(person.passwordHash),
    password_changed_at: person.passwordChangedAt?.toISOString() ?? null,
    created_at: person.createdAt.toISOString(),
  };
}
