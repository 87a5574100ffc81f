import { expect, it } from 'vitest';
import { sourceInput, transportInput } from '../../src/contract/routes/mailbox-shapes.ts';
import {
  ALL_FIELDS,
  askedFor,
  FIELD_GROUPS,
  faultsByField,
  missingIn,
  type Mailbox,
} from '../../web/lib/mailbox-fields.ts';
import { bodyOf, changesOf, draftOf } from '../../web/lib/mailbox-form.ts';
import { mailboxesEn } from '../../web/lib/texts/mailboxes-en.ts';

const asked = (draft: ReturnType<typeof draftOf>, mailbox: Mailbox | null = null) =>
  FIELD_GROUPS.flatMap((group) => askedFor(group, draft, mailbox));
const stored = (source: object, transport: object = { kind: 'desk' }, secrets: string[] = ['password']) =>
  ({
    ...{
      id: 1,
      version: 1,
      name: 'Desk',
      address: 'desk@x.example',
      aliases: ['a@x.example'],
      source,
      transport,
      secrets,
    },
    ...{
      default_category: { id: 4, name: 'IT' },
      default_department: null,
      sender_policy: 'everyone',
      sender_domains: [],
    },
    ...{ sender_trust: 'verify', signature: 'Bye', quiet: true, history: 'quiet', enabled: true },
  }) as unknown as Mailbox;
const IMAP = {
  kind: 'imap',
  host: 'mail.x.example',
  port: 143,
  tls: 'starttls',
  user: 'desk',
  folder: 'Desk',
  oauth: null,
};
const GMAIL = { kind: 'gmail', label: 'INBOX', done_label: null, credentials: { kind: 'consent', client_id: 'c' } };

it('the form of a mailbox has each field once, and a word for each choice', () => {
  const names = ALL_FIELDS.map(([name]) => name);
  expect(names.toSorted()).toEqual(Object.keys(mailboxesEn.form.fields).sort());
  for (const [name, { choices = [] }] of ALL_FIELDS)
    expect([name, Object.keys(mailboxesEn.form.fields[name].choices)]).toEqual([name, [...choices]]);
});

it.each([
  ['a password', IMAP],
  [
    'a token of Microsoft',
    { ...IMAP, oauth: { provider: 'microsoft', tenant: 't', client_id: 'c', grant: 'application' } },
  ],
  [
    'a token of another provider',
    { ...IMAP, oauth: { provider: 'https://x.example/token', tenant: 't', client_id: 'c', grant: 'consent' } },
  ],
  ['the consent at Google', GMAIL],
  [
    'a service account',
    { ...GMAIL, credentials: { kind: 'service-account', email: 'a@x.example', subject: 'b@x.example' } },
  ],
  ['what is handed in', { kind: 'drop' }],
])('it gives back what it was given, in the shape of the API, and changes nothing by that: %s', (_, source) => {
  const draft = draftOf(stored(source));
  const body = bodyOf(draft);
  const { oauth, ...rest } = source as typeof IMAP;
  expect(sourceInput.parse(body['source'])).toEqual(oauth ? { ...rest, oauth } : rest);
  expect(transportInput.parse(body['transport'])).toEqual({ kind: 'desk' });
  expect(body).toMatchObject({ aliases: ['a@x.example'], default_category: 4, default_department: null, quiet: true });
  expect(changesOf(draft, draft)).toEqual({});
});

it('what it sends by is given back too, with the tokens that it is read with', () => {
  const client = { provider: 'google', tenant: 'organizations', client_id: 'c', grant: 'consent' };
  const smtp = { kind: 'smtp', host: 'out.x.example', port: 465, tls: 'implicit', user: 'desk', oauth: client };
  const draft = draftOf(stored({ ...IMAP, oauth: client }, smtp));
  expect(transportInput.parse(bodyOf(draft)['transport'])).toEqual(smtp);
  expect(bodyOf(draftOf(stored(GMAIL, { kind: 'gmail' })))['transport']).toEqual({ kind: 'gmail' });
});

it('of a mailbox that exists only what was changed is sent; a secret only when one was typed', () => {
  const begin = draftOf(stored(IMAP));
  expect(changesOf({ ...begin, name: 'New' }, begin)).toEqual({ name: 'New' });
  const { oauth: _, ...place } = IMAP;
  expect(changesOf({ ...begin, password: 'new' }, begin)).toEqual({ source: { ...place, password: 'new' } });
});

it('what is stored need not be typed again, and what is missing is said at its field', () => {
  const mailbox = stored(IMAP);
  const draft = draftOf(mailbox);
  expect(missingIn(draft, asked(draft, mailbox), mailbox)).toEqual([]);
  expect(missingIn(draft, asked(draft, mailbox), stored(IMAP, undefined, []))).toEqual(['password']);
});

it('what the desk refuses stands at the field that it is about', () => {
  const fields = asked({ ...draftOf(null), source: 'gmail' });
  const faults = { 'source.credentials.client_secret': 'is missing', 'aliases.0': 'is taken', enabled: 'is wrong' };
  expect(faultsByField(faults, fields)).toEqual({
    google_secret: 'is missing',
    aliases: 'is taken',
    name: 'enabled: is wrong',
  });
});
