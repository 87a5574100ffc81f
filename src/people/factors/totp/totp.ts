import { defineEntity, p } from '@mikro-orm/postgresql';

const TotpSchema = defineEntity({
  name: 'Totp',
  tableName: 'totp',
  properties: {
    employeeId: p.bigint('number').primary(),
    secret: p.text(),
    confirmedAt: p.datetime().nullable(),
    lastStep: p.bigint('number').default(0),
    createdAt: p.datetime(),
  },
});

/** The authenticator app of a person (RFC 6238). `secret` is sealed for this row; without `confirmedAt` it counts for nothing yet. */
export class Totp extends TotpSchema.class {}
TotpSchema.setClass(Totp);

/** What a secret is sealed for: in another person's row it does not open (T33). */
export const totpPlace = (employeeId: number) => `totp:${employeeId}`;
