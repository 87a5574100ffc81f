import type { Output } from '#contract/client.ts';
import type { Hue } from './statuses.ts';
import type { MoreTexts } from './texts/more-en.ts';

export type LedgerLine = Output<'listLedger'>['results'][number];
export type LedgerMessage = Output<'readLedgerMessage'>;
export type LedgerState = LedgerLine['state'];
export type LedgerDeed = LedgerMessage['may'][number];
export const LEDGER_STATES = [
  'applied',
  'suppressed',
  'quarantined',
  'fetched',
  'discovered',
  'vanished',
] as const satisfies readonly LedgerState[];

/** What a mail became, in a word: a state, and of an applied one what was done. */
export type Became = keyof MoreTexts['ledger']['became'];
const MARKS: Record<Became, { icon: string; hue: Hue }> = {
  ticket: { icon: 's-new', hue: 'ours' },
  comment: { icon: 'reply', hue: 'ours' },
  bounce: { icon: 'alert', hue: 'danger' },
  ignored: { icon: 's-rejected', hue: 'over' },
  held: { icon: 'shieldq', hue: 'theirs' },
  underway: { icon: 's-pending', hue: 'theirs' },
  vanished: { icon: 's-withdrawn', hue: 'over' },
};

export function becameOf({ state, decision }: Pick<LedgerLine, 'state' | 'decision'>): Became {
  if (state === 'suppressed') return 'ignored';
  if (state === 'quarantined') return 'held';
  if (state === 'vanished') return 'vanished';
  if (state !== 'applied') return 'underway';
  return decision === 'add-comment' ? 'comment' : decision === 'record-bounce' ? 'bounce' : 'ticket';
}

/** Glyph and hue of what a mail became. */
export const becameMark = (line: Pick<LedgerLine, 'state' | 'decision'>) => MARKS[becameOf(line)];
