/** Where a browser opens its WebSocket (RFC 6455). */
export const LIVE_PATH = '/api/live';

/** How the desk ends one, beside the codes of RFC 6455 §7.4. */
export const LIVE_CLOSE = { signInAgain: 4401, wrong: 1008, going: 1001, full: 1013 } as const;
