/** The three parts of a mail text. */
export const PARTS = ['subject', 'text', 'html'] as const;
export type Part = (typeof PARTS)[number];

/** Why a text is not taken: where, counted from 1, and what may stand there instead. */
export interface Refusal {
  part: Part;
  line: number;
  column: number;
  message: string;
  allowed: readonly string[];
}

/** A refusal before its place is said in lines. */
export interface Fault {
  at: number;
  message: string;
  allowed: readonly string[];
}

/** Line and column of a place, counted from 1. */
export function placeOf(source: string, at: number): { line: number; column: number } {
  const before = source.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
