import type { RunTransaction } from '../../db/transaction.ts';
import type { Keyring } from '../../secrets.ts';
import { normalizeAddress } from '../addresses.ts';
import type { Mailbox } from '../mailbox.ts';
import { isAddressed, remember } from './apply-decision.ts';
import { decide, trustOf, type Decision } from './decide.ts';
import { gatherFacts } from './gather-facts.ts';
import type { InboundMail } from './inbound-mail.ts';
import { identityOf } from './ingest-messages.ts';
import { loadLookup, pointersOf, type Lookup } from './lookup.ts';

export interface ForeseeDeps {
  transaction: RunTransaction;
  replyTokens: Keyring;
}

/** What would become of messages that were not applied; each one is decided on knowing those before it. */
export interface Foresight {
  /** Decides on a batch, in the order of arrival. */
  foresee(mails: readonly InboundMail[], imported: boolean): Promise<Foreseen[]>;
}

export interface Foreseen {
  decision: Decision;
  /** It would be acknowledged, as far as can be known beforehand. */
  receipt: boolean;
}

/** What only exists in this foresight: the lookups of later batches are completed by it. */
type Imagined = Pick<Lookup, 'employees' | 'messages' | 'confirmed' | 'tickets' | 'awaited'>;

/** Decides as `ingestMessages` does, by the same facts and rules, and writes nothing: what a decision would make is only imagined. */
export function foresight(deps: ForeseeDeps, mailbox: Mailbox): Foresight {
  const imagined: Imagined = {
    ...{ employees: new Map(), messages: new Map(), confirmed: new Set(), tickets: new Map(), awaited: new Map() },
  };
  let lastId = 0;
  const nextId = () => --lastId; // no row has a negative id

  function foreseeOne(mail: InboundMail, identity: string, imported: boolean, lookup: Lookup): Foreseen {
    const pointers = pointersOf(deps.replyTokens, mailbox, mail, null);
    const delivery = { mailbox, imported, messageId: null, orderedBy: null, discoveredAt: new Date() };
    const facts = gatherFacts(lookup, delivery, mail, pointers, identity);
    const decision = decide(facts);
    if (facts.duplicateOf !== null) return { decision, receipt: false };
    const ticketId = imagine(lookup, mail, decision);
    const known = { id: nextId(), identity, contentHash: mail.contentHash, ticketId, commentId: null, refusedIn: [] };
    lookup.messages.set(identity, [...(lookup.messages.get(identity) ?? []), known]);
    if (ticketId !== null)
      for (const reference of mail.references)
        lookup.awaited.set(reference, [...(lookup.awaited.get(reference) ?? []), ticketId]);
    const { noAutoAnswer, autoReply } = mail.class;
    const proven = ['T2', 'T3'].includes(trustOf(facts));
    const silent = imported || mailbox.quiet || noAutoAnswer || autoReply || !isAddressed(mail, mailbox);
    return { decision, receipt: decision.do === 'open-ticket' && proven && !silent };
  }

  /** Gives the ticket that the message would belong to. */
  function imagine(lookup: Lookup, mail: InboundMail, decision: Decision): number | null {
    if (decision.do === 'add-comment') return decision.ticketId;
    if (decision.do !== 'open-ticket') return null;
    const email = normalizeAddress(mail.from.address);
    const contact = { role: 'employee', status: 'contact', departmentId: null } as const;
    const sender = lookup.employees.get(email) ?? { id: nextId(), email, ...contact };
    lookup.employees.set(email, sender);
    const id = nextId();
    remember({ now: new Date() }, lookup, id, sender, mail.subject);
    return id;
  }

  return {
    async foresee(mails, imported) {
      const items = mails.map((mail) => ({
        mail,
        identity: identityOf(mail, new Date()),
        pointers: pointersOf(deps.replyTokens, mailbox, mail, null),
      }));
      const lookup = await deps.transaction((tx) => loadLookup(tx, items));
      complete(lookup, imagined);
      const foreseen = items.map(({ mail, identity }) => foreseeOne(mail, identity, imported, lookup));
      Object.assign(imagined, keepImagined(lookup));
      return foreseen;
    },
  };
}

/** Adds what was imagined to what the database says. */
function complete(lookup: Lookup, imagined: Imagined): void {
  for (const [email, person] of imagined.employees)
    if (!lookup.employees.has(email)) lookup.employees.set(email, person);
  for (const name of ['messages', 'awaited'] as const) merge<unknown>(lookup[name], imagined[name]);
  for (const [id, ticket] of imagined.tickets) lookup.tickets.set(id, ticket);
  for (const pair of imagined.confirmed) lookup.confirmed.add(pair);
}

function merge<T>(into: Map<string, T[]>, from: ReadonlyMap<string, T[]>): void {
  for (const [key, values] of from) {
    const known = into.get(key) ?? [];
    into.set(key, [...known, ...values.filter((value) => !known.includes(value))]);
  }
}

/** Of a lookup, what no row stands for. */
function keepImagined({ employees, messages, confirmed, tickets, awaited }: Lookup): Imagined {
  return {
    employees: new Map([...employees].filter(([, { id }]) => id < 0)),
    messages: new Map([...messages].map(([key, known]) => [key, known.filter(({ id }) => id < 0)])),
    confirmed: new Set([...confirmed].filter((pair) => pair.startsWith('-'))),
    tickets: new Map([...tickets].filter(([id]) => id < 0)),
    awaited: new Map([...awaited].map(([key, ids]) => [key, ids.filter((id) => id < 0)])),
  };
}
