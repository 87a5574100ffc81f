/** Asks the browser for a passkey (WebAuthn §5.1.4), as the API takes it. Throws an Error with `refused` when the person gives none. */
export async function getPasskey(options: object, refused: string): Promise<object> {
  const credential = await navigator.credentials
    .get({
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON),
    })
    .catch(() => null);
  if (!(credential instanceof PublicKeyCredential)) throw new Error(refused);
  return credential.toJSON() as object;
}

/** Has the browser make a passkey (WebAuthn §5.1.3), as the API takes it. Throws an Error with `refused` when the person makes none. */
export async function makePasskey(options: object, refused: string): Promise<object> {
  const credential = await navigator.credentials
    .create({
      publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON),
    })
    .catch(() => null);
  if (!(credential instanceof PublicKeyCredential)) throw new Error(refused);
  return credential.toJSON() as object;
}

/** Whether this browser knows passkeys at all. */
export const knowsPasskeys = (): boolean => 'PublicKeyCredential' in globalThis;
