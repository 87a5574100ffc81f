import { randomBytes, randomInt } from 'node:crypto';

export interface GmailMessage {
  id: string;
  threadId: string;
  labelIds: string[];
  raw: Buffer;
  internalDate: number;
}

type Change = 'messagesAdded' | 'messagesDeleted' | 'labelsAdded' | 'labelsRemoved';
export interface HistoryRecord {
  id: number;
  change: Change;
  message: { id: string; threadId: string; labelIds: string[] };
  labelIds: string[];
}

/** One account: messages, labels, and the history of what happened to them. Ids of the history grow with gaps, as Gmail's do. */
export class GmailMailbox {
  readonly address: string;
  readonly messages = new Map<string, GmailMessage>();
  readonly labels = new Map<string, string>(
    ['INBOX', 'SENT', 'DRAFT', 'SPAM', 'TRASH', 'UNREAD', 'STARRED', 'IMPORTANT'].map((name) => [name, name]),
  );
  readonly history: HistoryRecord[] = [];
  historyId = 1000 + randomInt(1000);
  /** Records up to here are forgotten: a start below it is answered 404. */
  forgotten = 0;

  constructor(address: string) {
    this.address = address;
  }

  /** A message arrives. Nothing but bytes, as Gmail takes it. */
  deliver(raw: string | Buffer, labelIds = ['INBOX', 'UNREAD'], at = Date.now()): string {
    const id = randomBytes(8).toString('hex');
    const message = { id, threadId: id, labelIds: [...labelIds], raw: Buffer.from(raw), internalDate: at };
    this.messages.set(id, message);
    this.record('messagesAdded', message, []);
    return id;
  }

  label(id: string, add: readonly string[], remove: readonly string[] = []): void {
    const message = this.messages.get(id);
    if (!message) return;
    const added = add.filter((label) => !message.labelIds.includes(label));
    const removed = remove.filter((label) => message.labelIds.includes(label));
    message.labelIds = [...message.labelIds.filter((label) => !removed.includes(label)), ...added];
    if (added.length > 0) this.record('labelsAdded', message, added);
    if (removed.length > 0) this.record('labelsRemoved', message, removed);
  }

  /** Gone for good, not into the bin. */
  delete(id: string): void {
    const message = this.messages.get(id);
    if (!message) return;
    this.messages.delete(id);
    this.record('messagesDeleted', message, []);
  }

  /** Gmail keeps history for about a week. */
  forgetHistory(): void {
    this.forgotten = this.historyId;
    this.history.length = 0;
  }

  /** Newest first. */
  find({ labelIds, spamAndTrash, after }: { labelIds: string[]; spamAndTrash: boolean; after: number }) {
    return [...this.messages.values()]
      .filter((message) => labelIds.every((label) => message.labelIds.includes(label)))
      .filter((message) => spamAndTrash || !message.labelIds.some((label) => label === 'SPAM' || label === 'TRASH'))
      .filter(({ internalDate }) => internalDate >= after)
      .toSorted((a, b) => b.internalDate - a.internalDate);
  }

  /** Ids of the messages under a label of this name. */
  named(name: string): string[] {
    const [label] = [...this.labels].find(([, known]) => known === name) ?? [];
    return [...this.messages.values()].flatMap(({ id, labelIds }) => (label && labelIds.includes(label) ? id : []));
  }

  private record(change: Change, { id, threadId, labelIds }: GmailMessage, changed: readonly string[]): void {
    this.historyId += 1 + randomInt(50);
    const message = { id, threadId, labelIds: [...labelIds] };
    this.history.push({ id: this.historyId, change, message, labelIds: [...changed] });
  }
}
