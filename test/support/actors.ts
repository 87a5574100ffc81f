import { makeAccessToken } from '../../src/people/access-token.ts';
import { Employee } from '../../src/people/employee.ts';
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
}

let made = 0;

/** A new approved account with a session of its own, made without the cost of a password. */
export async function newActor(desk: TestDesk, role: Role, name: string = role): Promise<Actor> {
  const email = `${name}-${++made}@desk.example`.toLowerCase();
  const { employee, session } = await desk.transaction(async (tx) => {
    const { now } = tx;
    const person = { email, firstName: name, lastName: 'Example', role, status: 'approved' as const };
    const employee = tx.em.create(Employee, { ...person, emailConfirmedAt: now, createdAt: now, updatedAt: now });
    await tx.em.flush();
    const times = {
      rotatedAt: now,
      createdAt: now,
      authenticatedAt: now,
      expiresAt: new Date(now.getTime() + 86_400_000),
    };
    const session = tx.em.create(Session, { employee, refreshHash: `test-${made}`, ...times });
    await tx.em.flush();
    return { employee, session };
  });
  return { id: employee.id, email, role, ...signedIn(desk, employee, session) };
}

function signedIn(desk: TestDesk, employee: Employee, session: Session): Client & { token: string } {
  const bearer = { employeeId: employee.id, sessionId: session.id, version: employee.version };
  const token = makeAccessToken(desk.secrets.accessTokens, bearer, Math.floor(Date.now() / 1000));
  return { token, ...client(desk.url, token) };
}
