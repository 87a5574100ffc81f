import type Router from '@koa/router';
import type { Transaction } from '../db/transaction.ts';
import { AppError, fieldError } from '../errors.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { normalizePicture } from '../files/picture.ts';
import { confirmAddress } from '../people/confirm-address.ts';
import { assertGoodPassword } from '../people/password-policy.ts';
import { hashPassword } from '../people/password.ts';
import { register, type Registered } from '../people/register.ts';
import { readSettings } from '../settings/read-settings.ts';
import { findClassification } from '../tickets/find-category.ts';
import { mountOpen, type MountDeps } from './mount.ts';

/** Registration by anybody. */
export function registrationRoutes(router: Router, deps: MountDeps): void {
  mountOpen(router, deps, 'registration', ({ transaction }) =>
    transaction(async (tx) => {
      const { registration, registration_domains } = await readSettings(tx);
      return { registration, domains: registration_domains, departments: await departmentsOf(tx) };
    }),
  );

  mountOpen(router, deps, 'register', async ({ body, transaction }) => {
    const { password, department, first_name, middle_name, last_name, suffix, email, locale = null } = body;
    const { organisation_name } = await transaction(readSettings);
    await assertGoodPassword(password, [email, first_name, middle_name, last_name, organisation_name, 'smartsupport']);
    // Before anybody looks who has the address: these two are most of the time that the answer takes (T32).
    const pictureSha256 = await storePicture(deps.blobs, body.picture);
    const passwordHash = await hashPassword(password);
    const registered = await transaction(async (tx) => {
      const { departmentId } = await findClassification(tx, { department });
      return register(tx, deps.secrets.links, {
        ...{ email, firstName: first_name, middleName: middle_name, lastName: last_name, suffix },
        ...{ departmentId, passwordHash, locale, pictureSha256 },
      });
    });
    throwRefusal(registered);
    return { status: 'pending' as const };
  });

  mountOpen(router, deps, 'confirmAddress', ({ body, transaction }) =>
    transaction(async (tx) => ({ status: (await confirmAddress(tx, body.token)).status })),
  );
}

async function storePicture(blobs: BlobStore, picture: Uint8Array | undefined): Promise<string | null> {
  return picture ? (await blobs.put(await normalizePicture(Buffer.from(picture)))).sha256 : null;
}

function throwRefusal(registered: Registered): void {
  if (registered.outcome === 'closed')
    throw new AppError('forbidden', 'Nobody can register here: ask an administrator for an account');
  if (registered.outcome === 'foreign')
    throw fieldError('email', `Use your address at ${registered.domains.join(' or ') || 'our organisation'}`);
}

async function departmentsOf({ em }: Transaction): Promise<{ id: number; name: string }[]> {
  const rows = await em.execute<{ id: string; name: string }[]>(
    'select id, name from department where active order by name',
  );
  return rows.map(({ id, name }) => ({ id: Number(id), name }));
}
