/** Every failure a caller can act on, with its HTTP status. A code is public API: never rename one. */
const ERRORS = {
  validation_failed: 400,
  malformed_request: 400,
  authentication_required: 401,
  invalid_credentials: 401,
  second_factor_required: 401,
  forbidden: 403,
  /** The password that was asked for again is wrong. Not 401: the session goes on. */
  wrong_password: 403,
  /** The second factor that was asked for again is. */
  wrong_factor: 403,
  /** Whoever this is, an admin has not approved them yet. */
  approval_pending: 403,
  /** The sign-in is too old for this: confirm it. */
  reauthentication_required: 403,
  /** Nothing else is possible before a second factor is set up. */
  enrolment_required: 403,
  not_found: 404,
  method_not_allowed: 405,
  invalid_transition: 409,
  version_conflict: 409,
  conflict: 409,
  idempotency_conflict: 409,
  gone: 410,
  payload_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  internal_error: 500,
  unavailable: 503,
} as const;
export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as ErrorCode[];

/** The codes that an HTTP status may have. */
export function codesOf(status: number): ErrorCode[] {
  return ERROR_CODES.filter((code) => ERRORS[code] === status);
}

/** An outcome the caller can act on. `details` goes to the client, so it holds nothing internal. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode, message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return ERRORS[this.code];
  }
}

/** One field is wrong: the commonest AppError. `field` is the name the client used. */
export function fieldError(field: string, message: string): AppError {
  return new AppError('validation_failed', 'Field validation failed', { [field]: [message] });
}

/** A mistake of whoever started the program: printed as one line without a stack, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Narrows and throws when something that cannot happen has happened: a bug, never an outcome. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Assertion failed: ${message}`);
}
