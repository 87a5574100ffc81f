import type { Config } from '../config.ts';

/** The secrets of the configuration, to be kept out of what is printed. */
export function secretsOf(config: Config): string[] {
  const urls = [config.smtpUrl, config.databaseUrl, config.databaseOwnerUrl, config.imap?.url ?? null];
  const passwords = urls.flatMap((url) => (url ? decodeURIComponent(new URL(url).password) : []));
  const keys = (config.secretKeys ?? '').split(',').flatMap((entry) => entry.split(':')[1] ?? []);
  const workflow = config.workflow
    ? [config.workflow.apiKey, config.workflow.callbackSecret ?? ''].filter(Boolean)
    : [];
  return [...passwords, ...keys, ...(config.oidc ? [config.oidc.clientSecret] : []), ...workflow];
}
