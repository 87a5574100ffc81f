import type { RouteName } from '../contract/paths.ts';
import type { Route } from '../contract/route.ts';
import { ROUTES } from '../contract/routes.ts';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { authenticate, type Claim, type Principal } from '../people/authenticate.ts';
import type { Employee } from '../people/employee.ts';
import { isRecent, type Session } from '../people/session.ts';

/** Nobody is signed in, or not any more. */
export const signInFirst = () => new AppError('authentication_required', 'Authentication required');

/** Who calls, if they may call this operation at all. What they see and change of an object is decided where it is read. */
export async function admitPrincipal(tx: Transaction, name: RouteName, claim: Claim): Promise<Principal> {
  const principal = await authenticate(tx, claim);
  if (!principal) throw signInFirst();
  const { access, scope, recent, enrolment }: Route = ROUTES[name];
  const { actor, session, scopes } = principal;
  if (access !== 'anyone' && !access.includes(actor.role)) throw new AppError('forbidden', 'Insufficient permissions');
  if (scopes && (!scope || !scopes.includes(scope)))
    throw new AppError(
      'forbidden',
      scope ? `The API key needs the scope ${scope}` : 'This needs a person, not an API key',
    );
  if (session?.enrolOnly && !enrolment) throw new AppError('enrolment_required', 'Set up a second factor first');
  if (recent && session) refuseOldSignIn(session, tx.now);
  return principal;
}

/** For operations of which only some uses need a sign-in of the last quarter of an hour. */
export function refuseOldSignIn(session: Session, now: Date): void {
  if (!isRecent(session, now))
    throw new AppError('reauthentication_required', 'Confirm that it is you: your sign-in is older than 15 minutes');
}

/** Who calls, in their session: for operations that no API key may call, because they are about the session itself. */
export function inSession({ actor, session }: Principal): { actor: Employee; session: Session } {
  if (!session) throw new AppError('forbidden', 'This needs a person, not an API key');
  return { actor, session };
}
