/** What programs that read JSON, forms and addresses have stumbled over. */
export const HOSTILE: readonly unknown[] = [
  ...['', ' ', '\u0000', 'a\u0000b', '\ud800', 'x\udfff', '\u202e', '🦆', 'ﬀ', 'İ', '\r\nBcc: eve@maravia.example'],
  ...[
    "'; drop table ticket; --",
    '%',
    '_%',
    '\\',
    '"',
    '{{7*7}}',
    '<script>1</script>',
    '../../etc/passwd',
    '__proto__',
  ],
  ...[
    'x'.repeat(20_000),
    'é'.repeat(3_000),
    '=1+1',
    'NaN',
    'null',
    'true',
    '-1',
    '0',
    '1e3',
    '0x10',
    '9223372036854775808',
  ],
  ...['0000-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2026-02-30T00:00:00Z', '2026-01-01T24:00:00Z'],
  ...[0, -0, -1, 1.5, 2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1, 2 ** 53, -(2 ** 63), 1e308, 1e-7],
  ...[
    true,
    false,
    null,
    [],
    {},
    [[]],
    [null],
    { $ne: 1 },
    { length: 1e9 },
    { toString: 1 },
    { constructor: { prototype: {} } },
  ],
];

/** Those that can stand in an address. */
export const HOSTILE_TEXTS = HOSTILE.filter((one) => typeof one === 'string').filter(
  (one) => one.isWellFormed() && one.length < 5_000,
);

/** Words that a person could have typed or pasted, and that some layer cannot store, show or send: half a surrogate pair above all. */
export const AWKWARD = [
  'x\ud800',
  '\udfffx',
  'a\u0000b',
  'one\r\ntwo',
  "it's",
  '50%_\\',
  '{{7*7}}',
  '\u202e<b>',
  '🦆',
  '\u2028',
];
