import type {
  AuthenticationResponseJSON,
  AuthenticatorTransport,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import type { Passkey } from './passkey.ts';

/** Loaded when the first passkey is used: it is the largest library of the web process, and most starts do not need it. */
const library = () => import('@simplewebauthn/server');

/** Who asks for a passkey: the portal's origin, and its host, which a passkey is bound to. */
export interface Site {
  /** such as https://help.example.com */
  origin: string;
  /** such as help.example.com */
  host: string;
}

/** The site of a public URL. */
export function siteOf(publicUrl: string): Site {
  const { origin, hostname } = new URL(publicUrl);
  return { origin, host: hostname };
}

/** A credential as the browser gives it (`toJSON` of PublicKeyCredential). */
export type NewCredential = RegistrationResponseJSON;
export type Assertion = Omit<AuthenticationResponseJSON, 'response'> & {
  response: Record<'clientDataJSON' | 'authenticatorData' | 'signature', string> & { userHandle?: string | undefined };
};

/** What `navigator.credentials` is asked with; JSON for `parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON`. */
export type CeremonyOptions = Record<string, unknown>;

const transportsOf = (names: readonly string[]) => names as AuthenticatorTransport[];
const bytes = (challenge: string) => Uint8Array.from(Buffer.from(challenge, 'base64url'));

/** Asks for a new passkey. The authenticator is told of those that the person has, and keeps it for signing in without a name if it can. */
export async function creationOptions(
  site: Site & { name: string },
  challenge: string,
  person: { id: number; email: string; name: string; known: readonly { id: string; transports: readonly string[] }[] },
): Promise<CeremonyOptions> {
  const { generateRegistrationOptions } = await library();
  const options = await generateRegistrationOptions({
    rpName: site.name,
    rpID: site.host,
    userID: Uint8Array.from(Buffer.from(userHandle(person.id))),
    userName: person.email,
    userDisplayName: person.name,
    challenge: bytes(challenge),
    excludeCredentials: person.known.map(({ id, transports }) => ({ id, transports: transportsOf(transports) })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    attestationType: 'none',
  });
  return { ...options };
}

/** Asks for one of these passkeys; for none in particular where the person is not known yet, who must then be verified by the device. */
export async function requestOptions(
  site: Site,
  challenge: string,
  known: readonly { id: string; transports: readonly string[] }[] | null,
): Promise<CeremonyOptions> {
  const { generateAuthenticationOptions } = await library();
  const options = await generateAuthenticationOptions({
    rpID: site.host,
    challenge: bytes(challenge),
    userVerification: known ? 'preferred' : 'required',
    ...(known && {
      allowCredentials: known.map(({ id, transports }) => ({ id, transports: transportsOf(transports) })),
    }),
  });
  return { ...options };
}

/** What is kept of a new passkey. Null: the credential is not an answer to this challenge on this site. */
export async function verifyCreation(
  site: Site,
  challenge: string,
  credential: NewCredential,
): Promise<Pick<Passkey, 'credentialId' | 'publicKey' | 'counter' | 'transports' | 'backedUp'> | null> {
  const { verifyRegistrationResponse } = await library();
  const { registrationInfo: made } = await verifyRegistrationResponse({
    response: credential,
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.host,
    requireUserVerification: false,
  }).catch(refused);
  if (!made) return null;
  const { id, publicKey, counter, transports = [] } = made.credential;
  return {
    ...{ credentialId: id, publicKey: Buffer.from(publicKey), counter, transports },
    backedUp: made.credentialBackedUp,
  };
}

/**
 * What an assertion changes of its passkey. Null: it is not an answer to this challenge on this site by this passkey, or its counter went
 * back, as that of a copied authenticator does (WebAuthn §6.1.1).
 */
export async function verifyAssertion(
  site: Site,
  challenge: string,
  assertion: Assertion,
  { passkey, verifyUser }: { passkey: Passkey; verifyUser: boolean },
): Promise<Pick<Passkey, 'counter' | 'backedUp'> | null> {
  const { credentialId: id, publicKey, counter, transports } = passkey;
  const { userHandle: handle, ...response } = assertion.response;
  if (handle && Buffer.from(handle, 'base64url').toString() !== userHandle(passkey.employeeId)) return null;
  const { verifyAuthenticationResponse } = await library();
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: { ...assertion, response },
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.host,
    credential: { id, publicKey: Uint8Array.from(publicKey), counter, transports: transportsOf(transports) },
    requireUserVerification: verifyUser,
  }).catch(refused);
  if (!verified) return null;
  return { counter: authenticationInfo.newCounter, backedUp: authenticationInfo.credentialBackedUp };
}

/** The library throws for every way of being wrong, and all of them have the same answer. */
const refused = () => ({ verified: false, registrationInfo: undefined, authenticationInfo: undefined }) as const;

/** Who a passkey belongs to, as the authenticator keeps it: it tells nobody anything (WebAuthn §14.6.1). */
const userHandle = (employeeId: number) => String(employeeId);
