import { defineEntity, p } from '@mikro-orm/postgresql';

const IdentitySchema = defineEntity({
  name: 'Identity',
  tableName: 'identity',
  properties: {
    id: p.bigint('number').primary(),
    employeeId: p.bigint('number'),
    issuer: p.text(),
    subject: p.text(),
    createdAt: p.datetime(),
  },
});

/** A person's account at the OpenID provider, known by issuer and subject alone (OpenID Connect Core §5.7): an address may change hands. */
export class Identity extends IdentitySchema.class {}
IdentitySchema.setClass(Identity);
