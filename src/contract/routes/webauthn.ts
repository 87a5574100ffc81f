import { z } from 'zod';

/** What is handed to `navigator.credentials` (WebAuthn §5.1.8, §5.1.9: the JSON forms). */
export const ceremonyOptions = z.record(z.string(), z.unknown());

/** The token of an open question. */
export const challenge = z.string().regex(/^[\w-]{43}$/, 'is not a challenge');

const base64url = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[\w-]+$/, 'must be base64url');

/** A browser makes it (`PublicKeyCredential.toJSON`), and newer ones say more: what is not known here is left out. */
const credential = <T extends z.ZodType>(response: T) =>
  z.object({
    id: base64url(1400),
    rawId: base64url(1400),
    type: z.literal('public-key'),
    clientExtensionResults: z.object({}).default({}),
    response,
  });

/** Of `navigator.credentials.create`. */
export const newCredential = credential(
  z.object({
    clientDataJSON: base64url(4000),
    attestationObject: base64url(20_000),
    transports: z.array(z.string().max(20)).max(10).default([]),
  }),
);

/** Of `navigator.credentials.get`. */
export const assertion = credential(
  z.object({
    clientDataJSON: base64url(4000),
    authenticatorData: base64url(4000),
    signature: base64url(8000),
    userHandle: base64url(100).optional(),
  }),
);
