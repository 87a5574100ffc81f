import { z } from 'zod';
import { assertion, ceremonyOptions } from './webauthn.ts';

/** Ways to give a second factor; one of them is given. */
export const factorAnswer = {
  code: z
    .string()
    .regex(/^\d{6}$/, 'must be six digits')
    .optional(),
  recovery_code: z.string().min(1).max(100).optional(),
  passkey: assertion.optional(),
};

type Given = { code?: unknown; recovery_code?: unknown; passkey?: unknown };
const count = ({ code, recovery_code, passkey }: Given) =>
  [code, recovery_code, passkey].filter((answer) => answer !== undefined).length;

export const oneAnswer = {
  check: (given: Given) => count(given) === 1,
  atMost: (given: Given) => count(given) <= 1,
  message: 'give one of code, recovery_code and passkey',
};

export const factorQuestion = z.object({
  challenge: z.string(),
  methods: z.array(z.enum(['totp', 'passkey', 'recovery_code'])),
  /** Options of `navigator.credentials.get`; null: no passkey. */
  passkey: ceremonyOptions.nullable(),
  /** seconds */
  expires_in: z.int(),
});
