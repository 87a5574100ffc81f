import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js';
import type { GmailCall } from './gmail-call.ts';
import { SourceUnavailable } from './unavailable.ts';

/** The labels of an account, by the names that people see. What was found is remembered until it is forgotten. */
export interface GmailLabels {
  /** Id of the label with this name or id; throws when there is none. */
  idOf(name: string): Promise<string>;
  /** Id of the label with this name, which is made when it is missing. */
  make(name: string): Promise<string>;
  /** Somebody may have deleted what was found. */
  forget(): void;
}

/** Labels whose name is their id wherever the account is (developers.google.com/gmail/api/guides/labels). */
const SYSTEM = /^(INBOX|SENT|DRAFT|SPAM|TRASH|UNREAD|STARRED|IMPORTANT|CATEGORY_[A-Z]+)$/;

export function gmailLabels(users: gmail_v1.Resource$Users, call: GmailCall, request: () => object): GmailLabels {
  const known = new Map<string, string>();

  async function find(name: string): Promise<string | null> {
    const id = SYSTEM.test(name) ? name : known.get(name);
    if (id) return id;
    const answer = await call('labels.list', () => users.labels.list({ userId: 'me' }, request()));
    const labels = answer?.data.labels ?? [];
    const found = (labels.find((label) => label.name === name) ?? labels.find((label) => label.id === name))?.id;
    if (found) known.set(name, found);
    return found ?? null;
  }

  return {
    async idOf(name) {
      const id = await find(name);
      if (!id) throw new SourceUnavailable('permission', `The account has no label ${name}`);
      return id;
    },
    async make(name) {
      const found = await find(name);
      if (found) return found;
      const requestBody = { name, labelListVisibility: 'labelShow', messageListVisibility: 'show' };
      const made = await call('labels.create', () => users.labels.create({ userId: 'me', requestBody }, request()));
      const id = made?.data.id;
      if (!id) throw new SourceUnavailable('permission', `The label ${name} cannot be made`);
      known.set(name, id);
      return id;
    },
    forget: () => known.clear(),
  };
}
