/** How much of a moment a folded text names: 0 nothing, 1 a date or a time, 2 both. */
export function gradeDate(text: string): 0 | 1 | 2 {
  const date = /(?<!\d)(?:19|20|25)\d\d(?!\d)|\d{1,2}[/.-] ?\d{1,2}[/.-] ?\d{2,4}/.test(text);
  const time = /(?<!\d)\d{1,2}(?:[:.]\d\d(?!\d)|時|시|时|h\d\d)/.test(text);
  return date && time ? 2 : date || time ? 1 : 0;
}

/** A year, a date with separators, or a time. */
export function hasDate(text: string): boolean {
  return gradeDate(text) > 0;
}

export function hasDateAndTime(text: string): boolean {
  return gradeDate(text) === 2;
}

/** The first word or two are a weekday, a day or a month, and a date follows soon. */
export function startsWithDate(folded: string): boolean {
  const head = folded.slice(0, 60);
  return /^(?:\p{L}[\p{L}\p{M}]{0,14}[.,]{0,2} ?){0,2}[.,]? ?\d/u.test(head) && hasDate(head);
}
