import type { OauthInput } from '../../contract/routes/mailbox-shapes.ts';
import { fieldError } from '../../errors.ts';
import { oauthConfigOf, type OauthConfig, type OauthSecrets, type OauthUse } from '../sources/oauth/grant.ts';
import { isLoopback } from '../transports/smtp-connection.ts';

/** A grant as it is stored. */
export function grantOf(given: OauthInput, use: OauthUse): OauthConfig {
  const { provider, tenant, client_id: clientId, grant: kind } = given;
  return oauthConfigOf({ provider, tenant, clientId, kind }, use);
}

/** A grant with the secrets that it uses: those that are given, else those that are known. 400 for one that is needed and nowhere. */
export function oauthColumns(
  field: string,
  given: OauthInput,
  known: OauthSecrets,
  use: OauthUse,
): { config: OauthConfig; secret: OauthSecrets } {
  const config = grantOf(given, use);
  const clientSecret = given.client_secret ?? known.clientSecret;
  if (config.grant === 'service-account')
    return { config, secret: { privateKey: needed(`${field}.private_key`, given.private_key ?? known.privateKey) } };
  if (config.grant === 'client-credentials')
    return { config, secret: { clientSecret: needed(`${field}.client_secret`, clientSecret) } };
  const refreshToken = needed(`${field}.refresh_token`, given.refresh_token ?? known.refreshToken);
  return { config, secret: { refreshToken, ...(clientSecret !== undefined && { clientSecret }) } };
}

export function needed(field: string, secret: string | undefined): string {
  if (secret === undefined) throw fieldError(field, 'is missing');
  return secret;
}

/** Nobody listens on the loopback; anywhere else a password would be read by whoever carries it. */
export function refuseUnsafe(field: string, { tls, host }: { tls: string; host: string }): void {
  if (tls === 'none' && !isLoopback(host)) throw fieldError(field, 'must encrypt: none is for this machine only');
}
