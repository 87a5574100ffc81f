/** One thing that was looked at, for the mailbox doctor. */
export interface Finding {
  check: string;
  level: 'ok' | 'warn' | 'fail';
  /** What was found, without any secret. */
  text: string;
  /** What to do about it; null when it is all right. */
  advice: string | null;
}

export const ok = (check: string, text: string): Finding => ({ check, level: 'ok', text, advice: null });
export const warn = (check: string, text: string, advice: string): Finding => ({ check, level: 'warn', text, advice });
export const fail = (check: string, text: string, advice: string): Finding => ({ check, level: 'fail', text, advice });
