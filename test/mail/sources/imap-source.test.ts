import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { SourceUnavailable } from '../../../src/mail/sources/unavailable.ts';
import { eventually } from '../../support/processes.ts';
import { fetchAll, isRaw, keyOf, mail, scripted } from './imap.ts';

describe('listing', () => {
  test('gives each message once, the last one too, though a server gives it for every range that ends in *', async () => {
    const { imap, source } = await scripted([mail('a'), mail('b')]);
    const first = await source.list({});
    expect(first).toEqual({ keys: [keyOf(1), keyOf(2)], cursor: { folder: 'INBOX', validity: '1', uid: 2 } });
    expect(await source.list(first.cursor)).toEqual({ keys: [], cursor: first.cursor });
    imap.messages.push({ uid: 7, raw: Buffer.from(mail('c')) });
    expect((await source.list(first.cursor)).keys).toEqual([keyOf(7)]);
  });

  test('begins anew when the folder was numbered anew, and says so', async () => {
    const { imap, source } = await scripted([mail('a')]);
    const { cursor } = await source.list({});
    imap.validity = 9;
    imap.hangUp();
    expect(await source.list(cursor)).toEqual({
      keys: [keyOf(1, 9)],
      cursor: { folder: 'INBOX', validity: '9', uid: 1 },
      renumbered: 'UIDVALIDITY was 1 and is 9',
    });
  });

  test('of another folder than the cursor is of begins anew without a word', async () => {
    const { source } = await scripted([mail('a')]);
    const listing = await source.list({ folder: 'Support', validity: '3', uid: 99 });
    expect(listing).toEqual({ keys: [keyOf(1)], cursor: { folder: 'INBOX', validity: '1', uid: 1 } });
  });

  test('a folder that cannot be searched is no empty folder', async () => {
    const { imap, source } = await scripted([mail('a')]);
    imap.script = ({ tag, name }, { say }) => (name === 'UID SEARCH' ? (say(`${tag} NO not now`), true) : false);
    await expect(source.list({})).rejects.toThrow(SourceUnavailable);
  });

  test('a connection that died while nobody used it is replaced unnoticed', async () => {
    const { imap, source } = await scripted([mail('a')]);
    const { cursor } = await source.list({});
    imap.hangUp();
    expect((await source.list(cursor)).keys).toEqual([]);
    expect(imap.connections).toBe(2);
  });

  test('news wakes the reader, and the reader only', async () => {
    const { imap, source } = await scripted([mail('a')]);
    let news = 0;
    source.onNews?.(() => news++);
    const { cursor } = await source.list({});
    await eventually('it idles', () => imap.heard.some((line) => line.endsWith('IDLE')));
    expect(news).toBe(0);
    imap.messages.push({ uid: 2, raw: Buffer.from(mail('b')) });
    imap.announce();
    await eventually('it is told', () => news > 0);
    expect((await source.list(cursor)).keys).toEqual([keyOf(2)]);
  });
});

describe('fetching', () => {
  test('takes many messages with few commands, never marks them as read, and tells when the server took them', async () => {
    const mails = Array.from({ length: 150 }, (_, n) => mail(`m${n}`));
    const { imap, source } = await scripted(mails);
    const outcomes = await fetchAll(source, (await source.list({})).keys);
    expect(outcomes.size).toBe(150);
    expect(outcomes.get(keyOf(40))).toEqual({
      raw: Buffer.from(mail('m39')),
      receivedAt: new Date('2026-11-20T10:00:00Z'),
    });
    const fetches = imap.heard.filter((line) => line.includes('FETCH'));
    expect(fetches.length).toBeLessThanOrEqual(3);
    expect(fetches.every((line) => !/BODY\[/.test(line))).toBe(true);
    expect(imap.heard.join('\n')).not.toMatch(/\\Seen|EXPUNGE|\bFETCH 1:\*/);
  });

  test('a large message comes in pieces, byte for byte', async () => {
    const large = randomBytes(3_500_000);
    const exact = randomBytes(2 * 1024 * 1024);
    const { imap, source } = await scripted([mail('a'), large, exact]);
    const outcomes = await fetchAll(source, (await source.list({})).keys);
    expect(isRaw(outcomes.get(keyOf(2)), large)).toBe(true);
    expect(isRaw(outcomes.get(keyOf(3)), exact)).toBe(true);
    const longest = imap.heard.filter((line) => line.includes('BODY.PEEK[]<'));
    expect(longest.length).toBe(4 + 2);
  });

  test('a message over the limit is left there, its header is taken, and the limit itself is not over it', async () => {
    const { imap, source } = await scripted([
      Buffer.concat([Buffer.from('Subject: big\r\n\r\n'), Buffer.alloc(5000, 'x')]),
      Buffer.alloc(2000, 'y'),
    ]);
    const outcomes = await fetchAll(source, [keyOf(1), keyOf(2)], 2000);
    expect(outcomes.get(keyOf(1))).toEqual({ tooLarge: 5016, header: 'Subject: big\r\n\r\n' });
    expect(outcomes.get(keyOf(2))).toMatchObject({ raw: Buffer.alloc(2000, 'y') });
    expect(imap.heard.some((line) => /FETCH 1 .*BODY\.PEEK\[\][^<]/.test(line))).toBe(false);
  });

  test('a size that the server only estimates is confirmed by a second copy, and no longer asked for once it was wrong three times', async () => {
    const estimated = Array.from({ length: 6 }, (_, n) => ({
      uid: n + 1,
      raw: Buffer.from(mail(`m${n}`)),
      announced: 500 + n,
    }));
    const { imap, source } = await scripted(estimated);
    for (let n = 0; n < 6; n++)
      expect(await fetchAll(source, [keyOf(n + 1)])).toMatchObject(
        new Map([[keyOf(n + 1), { raw: Buffer.from(mail(`m${n}`)) }]]),
      );
    const bodies = (uid: number) =>
      imap.heard.filter((line) => line.includes(`FETCH ${uid} `) && line.includes('BODY.PEEK[]')).length;
    expect([bodies(1), bodies(2), bodies(3)]).toEqual([3, 3, 3]);
    expect([bodies(4), bodies(5), bodies(6)]).toEqual([1, 1, 1]);
  });

  test('two copies that differ are no message', async () => {
    const { imap, source } = await scripted([{ uid: 1, raw: Buffer.from(mail('a')), announced: 900 }]);
    let turn = 0;
    imap.script = (command, line) => {
      if (!command.bodies) return false;
      line.write(`* 1 FETCH (UID 1 RFC822.SIZE 900 BODY[] {${10 + ++turn}}\r\n${'x'.repeat(10 + turn)})\r\n`);
      line.say(`${command.tag} OK`);
      return true;
    };
    expect((await fetchAll(source, [keyOf(1)])).get(keyOf(1))).toMatchObject({
      failure: expect.stringContaining('900 bytes'),
    });
  });

  test('a server that does not know pieces gives the whole, which is taken', async () => {
    const large = randomBytes(3_000_000);
    const { imap, source } = await scripted([large]);
    imap.script = ({ tag, args, bodies }, line) => {
      if (!bodies || !args.includes('<0.')) return false;
      line.write(`* 1 FETCH (UID 1 BODY[]<0> {${large.length}}\r\n`);
      line.write(large);
      line.say(`)\r\n${tag} OK`);
      return true;
    };
    expect(isRaw((await fetchAll(source, [keyOf(1)])).get(keyOf(1)), large)).toBe(true);
  });
});

describe('M31: a connection that ends in the middle of a message', () => {
  const poison = Buffer.from(mail('poison'));
  test.each([0, 1, poison.length >> 1, poison.length - 1])(
    'after %i bytes of it: nothing of it is given, it is fetched over a new connection, and so are the others',
    async (bytes) => {
      const { imap, source } = await scripted([mail('a'), poison, mail('c')]);
      let drops = 1;
      imap.script = (command, line) => {
        if (!command.bodies || drops === 0) return false;
        drops--;
        for (const message of command.messages) {
          const [head, literal, tail] = line.row(command, message);
          line.write(head);
          line.write(message.uid === 2 ? literal.subarray(0, bytes) : literal);
          if (message.uid === 2) break;
          line.write(tail);
        }
        line.socket.end();
        return true;
      };
      const outcomes = await fetchAll(
        source,
        [1, 2, 3].map((uid) => keyOf(uid)),
      );
      expect([...outcomes.values()].map((outcome) => 'raw' in outcome)).toEqual([true, true, true]);
      expect(outcomes.get(keyOf(2))).toMatchObject({ raw: poison });
      expect(imap.connections).toBe(2);
    },
  );

  test('every time: it has failed, the others are there', async () => {
    const { imap, source } = await scripted([mail('a'), poison, mail('c')]);
    imap.script = (command, line) => {
      if (!command.bodies || !command.messages.some(({ uid }) => uid === 2)) return false;
      line.drop();
      return true;
    };
    const outcomes = await fetchAll(
      source,
      [1, 2, 3].map((uid) => keyOf(uid)),
    );
    expect(outcomes.get(keyOf(1))).toMatchObject({ raw: Buffer.from(mail('a')) });
    expect(outcomes.get(keyOf(3))).toMatchObject({ raw: Buffer.from(mail('c')) });
    expect(outcomes.get(keyOf(2))).toHaveProperty('failure');
  });

  test('a large one in pieces: what came is not taken for the whole', async () => {
    const { imap, source } = await scripted([randomBytes(3_000_000)]);
    imap.script = ({ args }, line) => (args.includes('<1048576.') ? (line.drop(), true) : false);
    expect((await fetchAll(source, [keyOf(1)])).get(keyOf(1))).toHaveProperty('failure');
  });
});

describe('M32: a server that cannot now', () => {
  test.each<[string, (say: (line: string) => void, tag: string, drop: () => void) => void]>([
    ['says nothing', () => undefined],
    ['says goodbye', (say, _, drop) => (say('* BYE shutting down'), drop())],
    ['is unavailable', (say, tag) => say(`${tag} NO [UNAVAILABLE] try later`)],
    ['throttles', (say, tag) => say(`${tag} NO [THROTTLED] too many requests`)],
    ['answers with an error', (say, tag) => say(`${tag} BAD internal error`)],
  ])('which %s is unreachable, no matter what was asked', async (_, misbehave) => {
    const { imap, source } = await scripted([mail('a')]);
    imap.script = ({ tag, name }, { say, drop }) => (name === 'UID SEARCH' ? (misbehave(say, tag, drop), true) : false);
    await expect(source.list({})).rejects.toMatchObject({ name: 'SourceUnavailable', trouble: 'unreachable' });
    imap.script = null;
    expect((await source.list({})).keys).toEqual([keyOf(1)]);
  });

  test('and says so to a FETCH blames no message', async () => {
    const { imap, source } = await scripted([mail('a'), mail('b')]);
    imap.script = ({ tag, bodies }, { say }) => (bodies ? (say(`${tag} NO [UNAVAILABLE] try later`), true) : false);
    await expect(fetchAll(source, [keyOf(1), keyOf(2)])).rejects.toMatchObject({ trouble: 'unreachable' });
  });

  test('a message that never ends, byte by byte, is given up, and the others come', async () => {
    const { imap, source } = await scripted([mail('a'), mail('slow'), mail('c')]);
    imap.script = (command, line) => {
      if (!command.bodies || !command.messages.some(({ uid }) => uid === 2)) return false;
      const slow = command.messages.find(({ uid }) => uid === 2);
      if (slow) line.write(line.row(command, slow)[0]);
      const drip = setInterval(() => line.write('x'), 100);
      line.socket.on('close', () => clearInterval(drip));
      return true;
    };
    const outcomes = await fetchAll(
      source,
      [1, 2, 3].map((uid) => keyOf(uid)),
    );
    expect(outcomes.get(keyOf(2))).toHaveProperty('failure');
    expect(outcomes.get(keyOf(3))).toHaveProperty('raw');
  });

  test('EXPUNGEISSUED: the one that is gone is proven gone, the other is taken', async () => {
    const { imap, source } = await scripted([mail('a'), mail('b')]);
    const { keys } = await source.list({});
    imap.messages.shift();
    imap.script = (command, line) => {
      if (!command.bodies) return false;
      for (const message of command.messages) for (const part of line.row(command, message)) line.write(part);
      line.say(`${command.tag} NO [EXPUNGEISSUED] some of them are gone`);
      return true;
    };
    const outcomes = await fetchAll(source, keys);
    expect(outcomes.get(keyOf(1))).toHaveProperty('gone');
    expect(outcomes.get(keyOf(2))).toHaveProperty('raw');
  });
});

describe('M33: an answer that is none', () => {
  const answers: [string, (head: string, tag: string) => string][] = [
    ['garbage', () => '\x01\x02 }{ garbage )(\r\n* 2 FETCH ((((\r\n'],
    ['the body of another UID', (_, tag) => `* 2 FETCH (UID 77 BODY[] {5}\r\nother)\r\n${tag} OK\r\n`],
    ['NIL for a body', (_, tag) => `* 2 FETCH (UID 2 BODY[] NIL)\r\n${tag} OK\r\n`],
    ['nothing at all', (_, tag) => `${tag} OK\r\n`],
    ['3 GB announced', () => `* 2 FETCH (UID 2 BODY[] {3221225472}\r\nand so on`],
    ['a tag that nobody sent', () => 'zz OK\r\n'],
  ];
  test.each(answers)('%s: the message has failed and is never taken for gone; the others come', async (_, answer) => {
    const { imap, source } = await scripted([mail('a'), mail('poison'), mail('c')]);
    imap.script = (command, line) => {
      if (!command.bodies || !command.messages.some(({ uid }) => uid === 2)) return false;
      line.write(answer('', command.tag));
      return true;
    };
    const outcomes = await fetchAll(
      source,
      [1, 2, 3].map((uid) => keyOf(uid)),
    );
    expect(outcomes.get(keyOf(2))).toHaveProperty('failure');
    expect(outcomes.get(keyOf(1))).toHaveProperty('raw');
    expect(outcomes.get(keyOf(3))).toHaveProperty('raw');
  });
});

describe('M34: gone', () => {
  test('is what a complete listing does not have', async () => {
    const { imap, source } = await scripted([mail('a'), mail('b')]);
    const { keys } = await source.list({});
    imap.messages.pop();
    const outcomes = await fetchAll(source, keys);
    expect(outcomes.get(keyOf(1))).toHaveProperty('raw');
    expect(outcomes.get(keyOf(2))).toEqual({
      gone: expect.stringContaining('complete listing of the folder (1 messages)'),
    });
  });

  test('is not what a listing leaves out that holds fewer messages than the folder', async () => {
    const { imap, source } = await scripted([mail('a'), mail('b')]);
    const { keys } = await source.list({});
    imap.script = ({ tag, name, messages }, { say }) => {
      if (name === 'UID SEARCH') return (say('* SEARCH 1'), say(`${tag} OK`), true);
      return name === 'UID FETCH' && messages.some(({ uid }) => uid === 2) ? (say(`${tag} OK`), true) : false;
    };
    const outcomes = await fetchAll(source, keys);
    expect(outcomes.get(keyOf(2))).toEqual({ later: 'the listing of the folder is not complete' });
  });

  test('is not what has another number meanwhile', async () => {
    const { imap, source } = await scripted([mail('a')]);
    const { keys } = await source.list({});
    imap.validity = 5;
    imap.hangUp();
    await expect(fetchAll(source, keys)).rejects.toThrow('new numbers');
    expect((await fetchAll(source, keys)).get(keyOf(1))).toHaveProperty('later');
  });
});

describe('acknowledgement', () => {
  test('is a keyword of our own where the folder takes keywords', async () => {
    const { imap, source } = await scripted([mail('a'), mail('b'), mail('c')]);
    await source.acknowledge([keyOf(1), keyOf(3), keyOf(2, 99), 'maildir-name']);
    expect([...imap.flags]).toEqual([
      [1, new Set(['$SmartSupport'])],
      [3, new Set(['$SmartSupport'])],
    ]);
  });

  test('else a move to the folder Ingested', async () => {
    const { imap, source } = await scripted([mail('a'), mail('b')]);
    imap.permanentFlags = '\\Seen \\Deleted';
    await source.acknowledge([keyOf(2)]);
    expect([...imap.moved]).toEqual([[2, 'Ingested']]);
    expect(imap.messages.map(({ uid }) => uid)).toEqual([1]);
  });

  test('else nothing: no message is ever marked as read, deleted or expunged', async () => {
    const { imap, source } = await scripted([mail('a')]);
    imap.permanentFlags = '\\Seen \\Deleted';
    imap.capabilities = 'IMAP4rev1';
    await source.acknowledge([keyOf(1)]);
    expect(imap.heard.join('\n')).not.toMatch(/STORE|MOVE|COPY|EXPUNGE|CLOSE/);
  });
});

describe('T40: whoever listens on the way', () => {
  test('a server that does not offer STARTTLS where it is required hears no password', async () => {
    const { imap, source } = await scripted([mail('a')], { tls: 'starttls' });
    await expect(source.list({})).rejects.toThrow(/STARTTLS/);
    expect(imap.heard.join('\n')).not.toMatch(/LOGIN|AUTHENTICATE|secret/);
  });

  test('neither does one that says that nobody has to sign in', async () => {
    const { imap, source } = await scripted([mail('a')], { tls: 'starttls' });
    imap.greeting = '* PREAUTH [CAPABILITY IMAP4rev1] welcome\r\n';
    await expect(source.list({})).rejects.toThrow(/STARTTLS|PREAUTH/);
    expect(imap.heard.join('\n')).not.toMatch(/LOGIN|SELECT|secret/);
  });

  test('nor one that speaks no TLS where it is spoken from the first byte', async () => {
    const { imap, source } = await scripted([mail('a')], { tls: 'implicit' });
    await expect(source.list({})).rejects.toThrow(SourceUnavailable);
    expect(imap.heard.join('\n')).not.toMatch(/LOGIN|secret/);
  });
});

describe('trouble', () => {
  test.each<[string, string, string, RegExp]>([
    ['a wrong password', 'LOGIN', 'NO [AUTHENTICATIONFAILED] wrong', /127\.0\.0\.1 does not let joe in: .*wrong/],
    ['a server that refuses all sign-ins for now', 'LOGIN', 'NO [UNAVAILABLE] later', /later/],
    ['a folder that does not exist', 'SELECT', 'NO [NONEXISTENT] no such folder', /no folder "INBOX"|no such folder/],
  ])('%s is told in words, without the password', async (what, command, reply, words) => {
    const { imap, source } = await scripted();
    imap.script = ({ tag, name }, { say }) => {
      if (name === command) return (say(`${tag} ${reply}`), true);
      return name === 'LIST' ? (say(`${tag} OK`), true) : false;
    };
    const error = await source.list({}).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ name: 'SourceUnavailable', message: expect.stringMatching(words) });
    expect(String(error)).not.toContain('secret');
    const kinds: Record<string, string> = { 'a wrong password': 'auth', 'a folder that does not exist': 'permission' };
    expect(error).toMatchObject({ trouble: kinds[what] ?? 'unreachable' });
  });

  test('closing ends what is under way, and the source can be used again', async () => {
    const { imap, source } = await scripted([mail('a')]);
    imap.script = ({ name }) => name === 'UID SEARCH';
    const listing = source.list({});
    await eventually('it searches', () => imap.heard.some((line) => line.includes('SEARCH')));
    await Promise.all([source.close?.(), expect(listing).rejects.toThrow(SourceUnavailable)]);
    imap.script = null;
    expect((await source.list({})).keys).toEqual([keyOf(1)]);
  });
});
