import { dictionary } from '@zxcvbn-ts/language-common';
import { expect, test } from 'vitest';
import { AppError } from '../../src/errors.ts';
import { assertGoodPassword } from '../../src/people/password-policy.ts';
import { strengthOf } from '../../src/people/password-strength.ts';

const ANA = ['ana.reyes@maravia.example', 'Ana', '', 'Reyes', 'Maravia Logistics', 'smartsupport'];

/** What is said against a password; null: nothing. */
async function faultOf(password: string, context: readonly string[] = ANA): Promise<string | null> {
  try {
    await assertGoodPassword(password, context);
    return null;
  } catch (error) {
    expect(error).toMatchObject({ code: 'validation_failed' });
    return ((error as AppError).details['password'] as string[]).join();
  }
}

test.each<[about: string, password: string]>([
  ['12 characters', 'x7#kQ9!vLp2z'],
  ['12 characters of several bytes', 'ß€ñ水🔑øþ7ЖéΩx'],
  ['small letters and spaces only', 'correct horse battery'],
  ['a sentence', 'my cat hates the neighbour on the third floor'],
  ['64 characters', 'orbit lantern '.repeat(5).slice(0, 50) + 'x7#kQ9!vLp2z..'],
  ['200 characters', `${'a'.repeat(188)}x7#kQ9!vLp2z`],
  ['1,024 bytes', `x7#kQ9!vLp2z${'ü'.repeat(506)}`],
  ['spaces at both ends', '  x7#kQ9!vLp2z  '],
  ['control characters', 'x7#kQ9\u0000\u0007vLp2z'],
  ['digits only, by chance', '482093716450'],
  ['a name among other words', 'reyes correct horse'],
])('V16: %s are a good password', async (_, password) => {
  expect(await faultOf(password)).toBeNull();
});

test.each<[fault: string, password: string]>([
  ['must have at least 12 characters', 'x7#kQ9!vLp2'],
  ['must have at least 12 characters', ''],
  ['must have at least 12 characters', '🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑'],
  ['must have at most 1024 bytes', `x7#kQ9!vLp2z${'ü'.repeat(507)}`],
  ['is not text', 'x7#kQ9!vLp2z\ud800'],
  ['is one of the passwords that leaked most often', 'unbelievable'],
  ['is one of the passwords that leaked most often', '1QAZ2wsx3edc'],
  ['is hardly more than your name', 'AnaReyes2026!'],
  ['is hardly more than your name', 'maravia.example1'],
  ['is hardly more than your name', 'ana.reyes@maravia.example'],
  ['is hardly more than your name', 'MaraviaLogistics!'],
  ['is hardly more than your name', 'SmartSupport1'],
  ['is too easy to guess', 'aaaaaaaaaaaa'],
  ['is too easy to guess', 'a'.repeat(500)],
  ['is too easy to guess', 'abcdefghijklm'],
  ['is one of the passwords that leaked most often', '123456789012'],
  ['is one of the passwords that leaked most often', 'qwertyuiop12'],
  ['is too easy to guess', 'Password1234!'],
  ['is too easy to guess', 'P4$$w0rd1234'],
  ['is too easy to guess', 'letmeinletmein'],
  ['is too easy to guess', 'thunderstorms'],
  ['is too easy to guess', 'christopher1988'],
  ['is too easy to guess', 'Passwort1234!'],
  ['is too easy to guess', 'Willkommen2026'],
  ['is too easy to guess', 'geheimgeheim'],
])('V16: with "%s" %j is refused', async (fault, password) => {
  expect(await faultOf(password)).toContain(fault);
});

test('V16: every leaked password of the list is refused, the 3,000 commonest and all the others, in whatever case', async () => {
  const list = dictionary['passwords-common'];
  expect(list.length).toBeGreaterThan(3000);
  const long = list.filter((password) => Array.from(password).length >= 12);
  expect(long.length).toBeGreaterThan(300);
  for (const password of long)
    for (const one of [password, password.toUpperCase()]) expect(await faultOf(one), one).not.toBeNull();
  for (const password of list.slice(0, 3000)) expect(await faultOf(password), password).not.toBeNull();
});

test('V16: nobody is asked for kinds of characters: each kind alone is enough', async () => {
  for (const kind of ['orbit lantern violet', 'ORBIT LANTERN VIOLET', '839 205 617 442 908', '&%$§!?)(/=+*~#;:<>'])
    expect(await faultOf(kind), kind).toBeNull();
});

test('V16: how strong a password is, is shown from 0 to 4, and knows whose it is', () => {
  expect(strengthOf('correct horse battery').score).toBe(4);
  expect(strengthOf('MyPassword2024').score).toBe(2);
  expect(strengthOf('password').score).toBe(0);
  expect(strengthOf('reyes.reyes.reyes', ANA)).toMatchObject({ personal: true });
  expect(strengthOf('reyes.reyes.reyes')).toMatchObject({ personal: false });
});

test('however long a password is, judging it takes bounded work', () => {
  // The library tries spellings; what it looks at has an end, so a longer one takes no longer.
  const worst = (length: number) => 'iIlL1!|'.repeat(200).slice(0, length);
  strengthOf(worst(80));
  const time = (password: string) => {
    const started = performance.now();
    strengthOf(password);
    return performance.now() - started;
  };
  const fastest = (length: number) => Math.min(...Array.from({ length: 5 }, () => time(worst(length))));
  expect(fastest(1024)).toBeLessThan(10 * fastest(80) + 50);
});
