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
