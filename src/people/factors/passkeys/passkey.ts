import { defineEntity, p } from '@mikro-orm/postgresql';

const PasskeySchema = defineEntity({
  name: 'Passkey',
  tableName: 'passkey',
  properties: {
    id: p.bigint('number').primary(),
    employeeId: p.bigint('number'),
    credentialId: p.text(),
    publicKey: p.blob(),
    counter: p.bigint('number'),
    transports: p.array<string>(),
    name: p.text(),
    backedUp: p.boolean().default(false),
    createdAt: p.datetime(),
    lastUsedAt: p.datetime().nullable(),
  },
});

/** A passkey of a person (WebAuthn): `credentialId` in base64url, `publicKey` as COSE, `counter` as the authenticator last said it. */
export class Passkey extends PasskeySchema.class {}
PasskeySchema.setClass(Passkey);
