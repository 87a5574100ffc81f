import { describe, expect, it } from 'vitest';
import { ago, agoInWords, longDate, when } from '../../web/lib/dates.ts';
import { faultsOf, previewOf, sameFile, sayBytes } from '../../web/lib/files.ts';
import { faultsOfTicket, fieldsOfTicket, type TicketForm } from '../../web/lib/new-ticket.ts';
import { moveOf, sayEvent, sayNext, sayStatus } from '../../web/lib/plain-words.ts';
import { fieldFaults, problemOf, sayProblem } from '../../web/lib/problem-words.ts';
import { categoryLine, initials } from '../../web/lib/statuses.ts';
import { de } from '../../web/lib/texts/de.ts';
import { en } from '../../web/lib/texts/en.ts';
import { moreDe } from '../../web/lib/texts/more-de.ts';
import { moreEn } from '../../web/lib/texts/more-en.ts';

const now = new Date(2026, 10, 23, 9, 42);
const reader = { locale: 'en-GB', texts: en, now };
const before = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();

describe('times', () => {
  it.each([
    [0.4, 'now'],
    [6, '6 min'],
    [125, '2 h'],
    [60 * 50, '2 d'],
    [60 * 24 * 20, '3 Nov'],
    [60 * 24 * 400, '19 Oct 2025'],
  ])('%s minutes ago stands in a list as %s', (minutes, words) => expect(ago(before(minutes), reader)).toBe(words));

  it.each([
    [11, 'today, 09:31'],
    [60 * 17, 'yesterday, 16:42'],
    [60 * 24 * 3, '20 November, 09:42'],
  ])('%s minutes ago stands in a conversation as %s', (minutes, words) =>
    expect(when(before(minutes), reader)).toBe(words),
  );

  it.each([
    [10, '10 minutes ago'],
    [70, '1 hour ago'],
    [60 * 17, 'yesterday'],
    [60 * 24 * 3, '3 days ago'],
    [60 * 24 * 25, '29 Oct'],
  ])('%s minutes ago is told as %s', (minutes, words) => expect(agoInWords(before(minutes), reader)).toBe(words));

  it('a clock that runs behind the desk says now, never the future', () => expect(ago(before(-3), reader)).toBe('now'));
  it('a date of another year says the year', () =>
    expect(longDate(new Date(2025, 0, 2), 'de', now)).toBe('2. Januar 2025'));
});

describe('files', () => {
  it.each([
    [14, '14 byte'],
    [14_336, '14 KB'],
    [1_258_291, '1.2 MB'],
    [26_214_400, '25 MB'],
  ])('%d bytes read as %s', (bytes, words) => expect(sayBytes(bytes, 'en-GB')).toBe(words));

  it('say what is wrong with each of them', () => {
    expect(faultsOf([{ size: 1 }, { size: 11 }, { size: 0 }, { size: 1 }], { size: 10, count: 3 })).toEqual([
      undefined,
      'too-large',
      'empty',
      'too-many',
    ]);
  });
  it.each([
    [{ content_type: 'image/png', size: 9e9, scan: 'clean' }, 'image'],
    [{ content_type: 'text/plain; charset=utf-8', size: 10, scan: 'unscanned' }, 'text'],
    [{ content_type: 'text/plain', size: 600_000, scan: 'clean' }, null],
    [{ content_type: 'image/svg+xml', size: 10, scan: 'clean' }, null],
    [{ content_type: 'text/html', size: 10, scan: 'clean' }, null],
    [{ content_type: 'image/png', size: 10, scan: 'infected' }, null],
  ])('%j is looked at as %s', (file, kind) => expect(previewOf(file)).toBe(kind));

  it('are the same only if name, size and time agree', () => {
    const file = { name: 'a', size: 1, lastModified: 2 };
    expect(sameFile(file, { ...file })).toBe(true);
    expect(sameFile(file, { ...file, lastModified: 3 })).toBe(false);
  });
});

describe('the form of a new ticket', () => {
  const form: TicketForm = {
    subject: ' Dock ',
    category: 'IT',
    subCategory: 'Hardware',
    description: ' Black. ',
    priority: 'high',
    neededOn: '',
  };
  const rules = { limits: { size: 10, count: 1 }, categories: 2 };

  it('may be sent when everything is there', () => {
    expect(faultsOfTicket(form, [], rules, en)).toEqual({});
    expect(fieldsOfTicket(form)).toEqual({
      subject: 'Dock',
      description: 'Black.',
      priority: 'high',
      category: 'IT',
      sub_category: 'Hardware',
    });
  });
  it('says at each field what is missing', () => {
    const faults = faultsOfTicket(
      { ...form, subject: ' ', category: '', description: '' },
      [{ name: 'big.mov', size: 11 }],
      rules,
      en,
    );
    expect(Object.keys(faults)).toEqual(['subject', 'category', 'description', 'files']);
    expect(faults.files).toContain('big.mov');
  });
  it('takes not being sure about the category as no category', () => {
    expect(faultsOfTicket({ ...form, category: '?' }, [], rules, en)).toEqual({});
    expect(fieldsOfTicket({ ...form, category: '?' })).not.toHaveProperty('category');
  });
  it('asks for no category where there are none', () =>
    expect(faultsOfTicket({ ...form, category: '' }, [], { ...rules, categories: 0 }, en)).toEqual({}));
  it('sends a day as the end of that working day', () => {
    expect(fieldsOfTicket({ ...form, neededOn: '2026-12-01' })['scheduled_for']).toBe(
      new Date(2026, 11, 1, 17).toISOString(),
    );
  });
});

describe('plain words', () => {
  const facts = { assignee: { name: 'Jonas Weber' }, status_reason: 'the lamp comes on Thursday' };
  it('tell a requester how a ticket stands', () => {
    expect(sayStatus({ status: 'in_progress', ...facts }, en)).toBe('We are working on it. Jonas has it.');
    expect(sayStatus({ status: 'on_hold', ...facts }, en)).toBe('On hold: the lamp comes on Thursday');
    expect(sayStatus({ status: 'resolved', assignee: null }, en)).toBe('We think this is solved. Is it?');
    expect(sayNext({ status: 'rejected', ...facts }, en)).toEqual([
      'the lamp comes on Thursday',
      en.tracker.text.rejected,
    ]);
  });
  it('tell an event in one line, whatever the event is', () => {
    expect(sayEvent({ type: 'transition', data: { transition: 'hold', reason: 'no lamp' } }, 'Jonas', en)).toBe(
      'Jonas put it on hold: no lamp',
    );
    expect(sayEvent({ type: 'approve', data: { priority: 'high', category: 'IT' } }, 'Marta', en)).toBe(
      'Marta approved it as High, IT',
    );
    expect(sayEvent({ type: 'ticket_opened', data: {} }, 'Ana', en)).toBe('Ana opened it');
    expect(sayEvent({ type: 'mailbox.moved', data: {} }, 'Ana', en)).toBe('Ana: mailbox moved');
    expect(sayEvent({ type: 'assigned', data: { to: 'Priya Nair' } }, 'Marta', en)).toBe(
      'Marta assigned it to Priya Nair',
    );
    expect(sayEvent({ type: 'assigned', data: { to: null } }, 'Marta', en)).toBe('Marta assigned it to nobody');
    expect(moveOf({ type: 'toString', data: {} }, en)).toBeNull();
  });
  it('make names short', () => {
    expect(initials('Grace Dela Cruz')).toBe('GC');
    expect(initials('ana.reyes@maravia.example')).toBe('AE');
    expect(initials('')).toBe('?');
    expect(categoryLine({ category: 'IT', sub_category: 'Hardware' })).toBe('IT › Hardware');
  });
});

describe('problems', () => {
  const problem = {
    status: 400,
    error: 'Field validation failed',
    code: 'validation_failed',
    details: { subject: ['too long', 'x'] },
    retryAfter: null,
  };
  it('stand at their fields', () => expect(fieldFaults(problem)).toEqual({ subject: 'too long' }));
  it('have no numbers in them', () => {
    for (const status of [0, 403, 404, 413, 429, 500, 503])
      expect(sayProblem({ ...problem, status }, en)).not.toMatch(/\d/);
  });
  it('that are bugs count as mistakes of the desk', () => expect(problemOf(new TypeError('x')).status).toBe(500));
});

it('the languages have the same texts, and none is empty in only one of them', () => {
  expect(shape(de)).toEqual(shape(en));
  expect(shape(moreDe)).toEqual(shape(moreEn));
});

function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return value === '' ? 'empty' : typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]));
}
