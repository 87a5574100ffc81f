import type { CDPSession, Page } from 'playwright-core';

/** A passkey as the device keeps it. */
type Kept = Awaited<ReturnType<CDPSession['send']>> & { credentialId: string; signCount: number };

/** A device with passkeys, in a real Chromium: it answers at once, and has verified its owner unless told otherwise. */
export interface Authenticator {
  /** `navigator.credentials.create` with the options of the API; gives what a browser sends back, or the name of its error. */
  create(options: unknown): Promise<Credential | string>;
  /** `navigator.credentials.get`, the same. */
  get(options: unknown): Promise<Credential | string>;
  /** What it keeps. */
  kept(): Promise<Kept[]>;
  /** A copy made while this much was counted: what a thief has of a cloned device. */
  copyOf(kept: Kept, signCount: number): Promise<void>;
  /** How its answers lie. */
  lie(how: { isBogusSignature?: boolean; isBadUV?: boolean; isBadUP?: boolean }): Promise<void>;
  verifiesOwner(does: boolean): Promise<void>;
}
export interface Credential {
  id: string;
  response: Record<string, string>;
}

/** Puts a device into the browser of a page, which must be open on the origin of the desk. */
export async function addAuthenticator(page: Page): Promise<Authenticator> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      ...{ protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true },
      ...{ isUserVerified: true, automaticPresenceSimulation: true },
    },
  });
  const kept = async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials as Kept[];
  return {
    kept,
    create: (options) => page.evaluate(asked('create', options)),
    get: (options) => page.evaluate(asked('get', options)),
    async copyOf(credential, signCount) {
      await cdp.send('WebAuthn.removeCredential', { authenticatorId, credentialId: credential.credentialId });
      await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: { ...credential, signCount } as never });
    },
    lie: async (how) => void (await cdp.send('WebAuthn.setResponseOverrideBits', { authenticatorId, ...how })),
    verifiesOwner: async (isUserVerified) =>
      void (await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })),
  };
}

/** In the page: options from JSON, the answer to JSON, as the portal does it. A script of the browser, which this program's types know nothing of. */
const asked = (what: 'create' | 'get', options: unknown) => `(async () => {
  const publicKey = PublicKeyCredential.parse${what === 'create' ? 'Creation' : 'Request'}OptionsFromJSON(${JSON.stringify(options)});
  return navigator.credentials.${what}({ publicKey }).then((made) => JSON.parse(JSON.stringify(made)), ({ name }) => name);
})()`;
