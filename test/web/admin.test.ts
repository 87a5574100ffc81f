import { describe, expect, it } from 'vitest';
import { SETTING_KEYS, SETTINGS } from '../../src/settings/schema.ts';
import { auditQuery, detailsOf } from '../../web/lib/audit.ts';
import { movesFor } from '../../web/lib/bulk-moves.ts';
import { becameOf } from '../../web/lib/mail-ledger.ts';
import {
  draftOf,
  sameDraft,
  SETTING_CHOICES,
  SETTING_GROUPS,
  valueOf,
  type Kind,
} from '../../web/lib/settings-form.ts';
import { browserOf } from '../../web/lib/user-agent.ts';
import { windowOf } from '../../web/lib/window-of.ts';

describe('the form of the settings', () => {
  const fields = Object.values(SETTING_GROUPS).flatMap((group) => Object.entries(group)) as [string, Kind][];

  it('has every setting once', () => expect(fields.map(([name]) => name).sort()).toEqual([...SETTING_KEYS].sort()));
  it('offers for a choice what the desk takes, and nothing else', () => {
    for (const [name, choices] of Object.entries(SETTING_CHOICES)) {
      const setting = SETTINGS[name as keyof typeof SETTINGS].unwrap() as { options?: readonly string[] };
      expect([...choices].sort()).toEqual([...(setting.options ?? [])].sort());
    }
  });
  it('gives back what it was given, for every setting', () => {
    for (const [name, kind] of fields) {
      const initial: unknown = SETTINGS[name as keyof typeof SETTINGS].parse(undefined);
      expect(valueOf(kind, draftOf(kind, initial))).toEqual(initial);
    }
  });
  it.each([
    ['megabytes', '2,5', 2_500_000],
    ['number', ' 7 ', 7],
    ['number', 'seven', 'seven'],
    ['number', '', ''],
    ['list', 'a.example, b.example\n\na.example', ['a.example', 'b.example']],
    ['priorities', { critical: 'P1', high: ' ', medium: '', low: '' }, { critical: 'P1' }],
  ] as const)('takes %s %j as %j', (kind, draft, value) => expect(valueOf(kind, draft)).toEqual(value));
  it('knows what was changed', () => {
    expect(sameDraft('a', 'a')).toBe(true);
    expect(sameDraft(true, false)).toBe(false);
  });
});

describe('the audit log', () => {
  const nothing = { area: 'any', outcome: 'any', from: '', to: '', actor: null } as const;
  it('is asked for everything', () => expect(auditQuery(nothing)).toEqual({}));
  it('is asked for a whole last day', () => {
    const { from, to } = auditQuery({ ...nothing, from: '2026-11-27', to: '2026-11-27' });
    expect(Date.parse(to ?? '') - Date.parse(from ?? '')).toBe(86_400_000);
  });
  it('is asked for an area by how its actions begin', () =>
    expect(auditQuery({ ...nothing, area: 'api_key', actor: { id: 3, name: 'Ana' } })).toEqual({
      action: 'api_key.',
      actor: '3',
    }));
  it('tells details as names and values', () =>
    expect(detailsOf({ data: { sessions_ended: 2, role: 'admin' } })).toEqual([
      ['sessions ended', '2'],
      ['role', 'admin'],
    ]));
});

describe('a long list', () => {
  it('has at most 110 rows in the document, however far one scrolls and however tall the screen is', () => {
    for (const top of [0, 10_000, 399_000, 1e9])
      for (const view of [300, 900, 40_000]) {
        const { from, to } = windowOf({ count: 10_000, height: 40, top, view });
        expect(to - from).toBeLessThanOrEqual(110);
        expect(from).toBeLessThan(to);
      }
  });
  it('has the rows that can be seen', () => {
    const { from, to } = windowOf({ count: 10_000, height: 40, top: 4_000, view: 800 });
    expect(from).toBeLessThanOrEqual(100);
    expect(to).toBeGreaterThanOrEqual(120);
  });
  it('has all of a short one', () =>
    expect(windowOf({ count: 9, height: 40, top: 0, view: 800 })).toEqual({ from: 0, to: 9 }));
});

it('offers the changes of status that fit some of the selected tickets, and none of a requester', () => {
  expect(movesFor(['new', 'open']).map(({ name }) => name)).toEqual([
    ...['approve', 'claim', 'resolve', 'start', 'wait', 'hold', 'reject'],
  ]);
  expect(movesFor(['closed'])).toEqual([]);
});

it.each([
  ['applied', 'open-ticket', 'ticket'],
  ['applied', 'add-comment', 'comment'],
  ['applied', 'record-bounce', 'bounce'],
  ['suppressed', 'suppress', 'ignored'],
  ['quarantined', 'quarantine', 'held'],
  ['fetched', null, 'underway'],
] as const)('a mail that is %s by %s became: %s', (state, decision, became) =>
  expect(becameOf({ state, decision })).toBe(became),
);

it.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox, Linux'],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
    'Edge, Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/26.0 Safari/604.1',
    'Safari, iOS',
  ],
  ['curl/8.5', null],
])('people know %s again as %s', (agent, words) => expect(browserOf(agent)).toBe(words));
