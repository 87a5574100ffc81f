import { makeAccessToken } from '../../src/people/access-token.ts';
import { ApiKey } from '../../src/people/api-key.ts';
import { makeKey } from '../../src/people/key-format.ts';
import { Employee } from '../../src/people/employee.ts';
import type { Scope } from '../../src/people/scopes.ts';
import { Session } from '../../src/people/session.ts';
import type { Role } from '../../src/tickets/lifecycle.ts';
import { client, type Client } from './client.ts';
import type { TestDesk } from './desk.ts';

/** Somebody with an account, signed in. */
export interface Actor extends Client {
  id: number;
  email: string;
  role: Role;
  token: string;
  sessionId: number;
}

let made = 0;
const DAY = 86_400_000;

/** A new approved account with a session of its own, made without the cost of a password. */
export async function newActor(desk: TestDesk, role: Role, name: string = role): Promise<Actor> {
  const email = `${name}-${++made}@desk.example`.toLowerCase();
  const { employee, session } = await desk.transaction(async (tx) => {
    const { now } = tx;
    const person = { email, firstName: name, lastName: 'Example', role, status: 'approved' as const };
    const employee = tx.em.create(Employee, { ...person, emailConfirmedAt: now, createdAt: now, updatedAt: now });
    await tx.em.flush();
    const times = { rotatedAt: now, createdAt: now, authenticatedAt: now, expiresAt: new Date(now.getTime() + DAY) };
    const session = tx.em.create(Session, { employee, refreshHash: `test-${made}`, ...times });
    await tx.em.flush();
    return { employee, session };
  });
  const bearer = { employeeId: employee.id, sessionId: session.id, version: employee.version };
  const token = makeAccessToken(desk.secrets.accessTokens, bearer, Math.floor(Date.now() / 1000));
  return { id: employee.id, email, role, sessionId: session.id, token, ...client(desk.url, token) };
}

/** An API key of somebody. */
export async function newKey(desk: TestDesk, { id }: Actor, scopes: Scope[]): Promise<Client> {
  const { key, prefix, hash: keyHash } = makeKey();
  await desk.transaction(async (tx) => {
    const times = { createdAt: tx.now, expiresAt: new Date(tx.now.getTime() + DAY) };
    tx.em.create(ApiKey, {
      ...{ employee: tx.em.getReference(Employee, id), name: 'test', prefix, keyHash },
      ...{ scopes, ...times },
    });
    await tx.em.flush();
  });
  return client(desk.url, key);
}
