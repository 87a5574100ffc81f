/** Shorter ones are no secrets, and would blot out words. */
const SHORTEST = 4;

/** A text that may be printed: each of the secrets, also as it stands in a URL or in base64, is left out, whoever said it. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST)
    .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]);
  return forms.toSorted((a, b) => b.length - a.length).reduce((left, form) => left.replaceAll(form, '[secret]'), text);
}
