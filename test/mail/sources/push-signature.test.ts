import { expect, test } from 'vitest';
import { isTimely, newPushSecret, pushCheck, readSignedPush } from '../../../src/mail/sources/push-signature.ts';

/* The example of the specification of Standard Webhooks. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const BODY = '{"test": 2432232314}';
const HEADERS: Record<string, string> = {
  'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  'webhook-timestamp': '1614265330',
  'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const read = (headers: Record<string, string>) => readSignedPush((name) => headers[name] ?? '');

function matches(body: string, headers = HEADERS, secret = SECRET): boolean {
  const push = read(headers);
  if (!push) throw new Error('It is not signed');
  const check = pushCheck(push, secret);
  for (const piece of body) check.update(Buffer.from(piece));
  return check.matches();
}

test('the signature of the standard’s own example is good for its body, in whatever pieces it comes, and for no other', () => {
  expect(matches(BODY)).toBe(true);
  expect(matches(`${BODY} `)).toBe(false);
  expect(matches(BODY, { ...HEADERS, 'webhook-id': 'msg_other' })).toBe(false);
  expect(matches(BODY, { ...HEADERS, 'webhook-timestamp': '1614265331' })).toBe(false);
  expect(matches(BODY, HEADERS, newPushSecret())).toBe(false);
});

test('a sender that changes its secret signs with both, and one that is good is enough', () => {
  const other = `v1,${Buffer.alloc(32).toString('base64')}`;
  const both = { ...HEADERS, 'webhook-signature': `${other} v1a,AAAA ${HEADERS['webhook-signature']}` };
  expect(matches(BODY, both)).toBe(true);
  expect(matches(BODY, { ...HEADERS, 'webhook-signature': other })).toBe(false);
});

test.each([
  ['no id', { 'webhook-id': '' }],
  ['an id with a dot, which would move what is signed', { 'webhook-id': 'msg.1' }],
  ['no time', { 'webhook-timestamp': '' }],
  ['a time that is no whole number', { 'webhook-timestamp': '1e9' }],
  ['no signature', { 'webhook-signature': '' }],
  ['a signature of a version that we do not know', { 'webhook-signature': 'v2,AAAA' }],
  ['a signature that is too short', { 'webhook-signature': 'v1,AAAA' }],
])('a push with %s is not signed', (_what, headers) => {
  expect(read({ ...HEADERS, ...headers })).toBeNull();
});

test('a signature is good for five minutes before and after its time', () => {
  const push = read(HEADERS);
  const at = (seconds: number) => new Date((1_614_265_330 + seconds) * 1000);
  expect([-301, -300, 0, 300, 301].map((late) => push && isTimely(push, at(late)))).toEqual([
    ...[false, true, true, true, false],
  ]);
});
