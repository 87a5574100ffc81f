import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bounceAddress,
  outboundMessageId,
  readBounceAddress,
  readOutboundMessageId,
  readReplyAddress,
  replyAddress,
} from '../../src/mail/reply-token.ts';
import type { Keyring } from '../../src/secrets.ts';

const keyring: Keyring = { current: 'a', keys: new Map([['a', Buffer.alloc(32, 1)]]) };
const rotated: Keyring = { current: 'b', keys: new Map([...keyring.keys, ['b', Buffer.alloc(32, 2)]]) };
const mailbox = { id: 7, address: 'support@help.example.com', plusAddressing: true };
const ids = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });

describe('a reply address', () => {
  test('names ticket and participant, whatever the case it comes back in', () => {
    fc.assert(
      fc.property(ids, ids, fc.boolean(), (ticketId, participantId, upper) => {
        const address = replyAddress(keyring, mailbox, ticketId, participantId);
        const back = upper ? address.toUpperCase() : address;
        expect(readReplyAddress(keyring, mailbox, back)).toEqual({ ticketId, participantId });
      }),
    );
  });

  test('has the documented form', () => {
    expect(replyAddress(keyring, mailbox, 1, 33)).toMatch(/^support\+r\.b\.bb\.a[a-z2-7]{16}@help\.example\.com$/);
  });

  test('R18: has a local part of 64 octets at the very most', () => {
    const widest = { id: 1, address: `${'s'.repeat(16)}@desk.example`, plusAddressing: true };
    const address = replyAddress(keyring, widest, 2n ** 64n - 1n, 2n ** 64n - 1n);
    expect(address.split('@')[0]).toHaveLength(64);
  });

  test('T02: is refused when any one character is another', () => {
    const address = replyAddress(keyring, mailbox, 4711, 815);
    fc.assert(
      fc.property(fc.nat(address.length - 1), fc.string({ minLength: 1, maxLength: 1, unit: 'binary' }), (at, char) => {
        const forged = address.slice(0, at) + char + address.slice(at + 1);
        fc.pre(forged.toLowerCase() !== address || forged.length !== address.length);
        expect([null, 'forged']).toContain(readReplyAddress(keyring, mailbox, forged));
      }),
      { numRuns: 2000 },
    );
  });

  test('T02: is refused when a letter only folds to the right one', () => {
    const address = replyAddress(keyring, mailbox, 10, 10); // both ids are "k"
    expect(readReplyAddress(keyring, mailbox, address.replace('r.k.', 'r.\u212a.'))).toBeNull();
  });

  test('T02: is refused for another mailbox, another use and under an unknown key', () => {
    const address = replyAddress(keyring, mailbox, 1, 2);
    expect(readReplyAddress(keyring, { ...mailbox, id: 8 }, address)).toBe('forged');
    expect(readReplyAddress(keyring, { ...mailbox, address: 'hr@help.example.com' }, address)).toBeNull();
    expect(readReplyAddress({ current: 'c', keys: new Map([['c', Buffer.alloc(32, 3)]]) }, mailbox, address)).toBe(
      'forged',
    );
  });

  test('is refused with leading zeros: there is one way to write it', () => {
    const [, signature] = replyAddress(keyring, mailbox, 1, 2).match(/\.(a[a-z2-7]{16})@/) ?? [];
    expect(readReplyAddress(keyring, mailbox, `support+r.ab.c.${signature}@help.example.com`)).toBe('forged');
  });

  test('still works after its key is retired', () => {
    const address = replyAddress(keyring, mailbox, 1, 2);
    expect(readReplyAddress(rotated, mailbox, address)).toEqual({ ticketId: 1, participantId: 2 });
    expect(replyAddress(rotated, mailbox, 1, 2)).not.toBe(address);
  });

  test.each(['', '@', 'support', 'support@help.example.com', 'support+@help.example.com', 'support+r.@x', '\u0000'])(
    'is not found in %j',
    (address) => {
      expect(readReplyAddress(keyring, mailbox, address)).toBeNull();
      expect(readBounceAddress(keyring, mailbox, address)).toBeNull();
      expect(readOutboundMessageId(keyring, mailbox, address)).toBeNull();
    },
  );

  test('never makes a reader throw', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const read of [readReplyAddress, readBounceAddress, readOutboundMessageId])
          expect([null, 'forged']).toContain(read(keyring, mailbox, text));
      }),
    );
  });
});

describe('an outbound Message-ID', () => {
  test('names its row, with and without angle brackets', () => {
    fc.assert(
      fc.property(ids, (outboxId) => {
        const messageId = outboundMessageId(keyring, mailbox, outboxId);
        expect(messageId).toMatch(/^<o\.[a-z2-7]{1,13}\.a[a-z2-7]{16}@help\.example\.com>$/);
        expect(readOutboundMessageId(rotated, mailbox, messageId)).toEqual({ outboxId });
        expect(readOutboundMessageId(rotated, mailbox, messageId.slice(1, -1).toUpperCase())).toEqual({ outboxId });
      }),
    );
  });

  test('T02: is refused when any one character is another', () => {
    const messageId = outboundMessageId(keyring, mailbox, 4711);
    for (let at = 1; at < messageId.length - 1; at++)
      for (const char of 'a2.<@ ') {
        const forged = messageId.slice(0, at) + char + messageId.slice(at + 1);
        if (forged !== messageId) expect([null, 'forged']).toContain(readOutboundMessageId(keyring, mailbox, forged));
      }
  });

  test('is read by every mailbox of its domain and by no other domain', () => {
    const messageId = outboundMessageId(keyring, mailbox, 5);
    expect(readOutboundMessageId(keyring, { id: 9, address: 'hr@help.example.com' }, messageId)).toEqual({
      outboxId: 5,
    });
    expect(readOutboundMessageId(keyring, { id: 9, address: 'support@other.example' }, messageId)).toBeNull();
  });
});

describe('a bounce address', () => {
  test('names its row', () => {
    fc.assert(
      fc.property(ids, (outboxId) => {
        const address = bounceAddress(keyring, mailbox, outboxId);
        expect(readBounceAddress(keyring, mailbox, address)).toEqual({ outboxId });
      }),
    );
  });

  test('cannot be made from a Message-ID that everyone saw', () => {
    const [, token] = outboundMessageId(keyring, mailbox, 5).match(/^<o\.(.*)@/) ?? [];
    expect(readBounceAddress(keyring, mailbox, `support+b.${token}@help.example.com`)).toBe('forged');
  });
});
