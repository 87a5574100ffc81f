/** How a person can prove who they are. Browser-safe: imports nothing. */
export const SIGN_IN_METHODS = ['password', 'link', 'oidc', 'passkey'] as const;
export type SignInMethod = (typeof SIGN_IN_METHODS)[number];
