import type { DeliveryStatus } from '../../inbound-mail.ts';
import { parseAddresses } from '../mime/addresses.ts';
import { decodeBytes } from '../mime/charset.ts';
import type { MimePart } from '../mime/mime-parts.ts';

const ACTIONS = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;
const MAX_RECIPIENTS = 200;

/** Recipients that a delivery-status part names (RFC 3464 §2.3, RFC 6533), or lines like it in a text. */
export function parseDeliveryStatus(text: string): DeliveryStatus[] {
  const found: DeliveryStatus[] = [];
  for (const group of fieldGroups(text)) {
    const status = recipientStatus(group);
    if (status && found.length < MAX_RECIPIENTS && !found.some((other) => sameStatus(other, status)))
      found.push(status);
  }
  return found;
}

/** All delivery-status parts of a message. */
export function readDeliveryParts(root: MimePart): DeliveryStatus[] {
  if (/^message\/(?:global-)?delivery-status$/.test(root.contentType))
    return parseDeliveryStatus(decodeBytes(root.bytes, 'utf-8'));
  return root.children.flatMap(readDeliveryParts);
}

function sameStatus(a: DeliveryStatus, b: DeliveryStatus): boolean {
  return a.recipient === b.recipient && a.action === b.action;
}

/** Field groups between blank lines, folded lines joined. A new Final-Recipient begins a group even without one. */
function fieldGroups(text: string): Map<string, string>[] {
  const groups: Map<string, string>[] = [];
  let group = new Map<string, string>();
  let last = '';
  for (const line of text.split('\n')) {
    const match = /^([A-Za-z][A-Za-z-]{1,40})\s*:\s*(.*)$/.exec(line.trimEnd());
    if (line.trim() === '' || (match?.[1]?.toLowerCase() === 'final-recipient' && group.has('final-recipient'))) {
      if (group.size > 0) {
        groups.push(group);
        group = new Map();
      }
      last = '';
    }
    if (match?.[1] !== undefined) {
      last = match[1].toLowerCase();
      if (!group.has(last)) group.set(last, match[2] ?? '');
    } else if (last !== '' && /^\s+\S/.test(line)) group.set(last, `${group.get(last) ?? ''} ${line.trim()}`.trim());
  }
  return [...groups, group];
}

function recipientStatus(group: ReadonlyMap<string, string>): DeliveryStatus | null {
  if (!group.has('final-recipient') && !group.has('original-recipient')) return null;
  // What we wrote to, then what an alias made of it.
  const recipient = [group.get('original-recipient'), group.get('final-recipient'), group.get('x-actual-recipient')]
    .map(typedAddress)
    .find((address) => address !== '');
  if (recipient === undefined) return null;
  const status = /[245]\.\d{1,3}\.\d{1,3}/.exec(group.get('status') ?? '')?.[0] ?? null;
  const diagnostic = group.get('diagnostic-code') ?? null;
  return { recipient, action: actionOf(group.get('action'), status), status, diagnostic };
}

/** The address behind `rfc822;`, decoded from xtext (RFC 3461 §4) where a `+40` betrays it. */
function typedAddress(value: string | undefined): string {
  if (value === undefined) return '';
  const bare = value.slice(value.indexOf(';') + 1).trim();
  const plain = bare.includes('@')
    ? bare
    : bare.replaceAll(/\+([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  const [first] = parseAddresses(plain.slice(0, 1000), null, { left: 10 });
  return first?.address ?? '';
}

function actionOf(action: string | undefined, status: string | null): DeliveryStatus['action'] {
  const word = (action ?? '').trim().toLowerCase();
  const known = ACTIONS.find((candidate) => word.startsWith(candidate));
  if (known) return known;
  if (word.startsWith('deliverable') || status?.startsWith('2')) return 'delivered';
  return status?.startsWith('4') ? 'delayed' : 'failed';
}
