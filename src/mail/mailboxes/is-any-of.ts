import { withoutTag } from '../addresses.ts';
import type { Mailbox } from '../mailbox.ts';

/** Whether an address is that of one of our mailboxes, an alias or with a plus part included: mail to it would come back to us. */
export function isAnyOf(mailboxes: readonly Pick<Mailbox, 'address' | 'aliases'>[], address: string): boolean {
  const plain = withoutTag(address);
  return mailboxes.some((mailbox) => mailbox.address === plain || mailbox.aliases.includes(plain));
}
