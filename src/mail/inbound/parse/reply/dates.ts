const DATE = String.raw`(?<!\d)(?:19|20|25)\d\d(?!\d)|\d{1,2}[/.-] ?\d{1,2}[/.-] ?\d{2,4}`;
const TIME = String.raw`(?<!\d)\d{1,2}(?:[:.]\d\d(?!\d)|時|시|时|h\d\d)`;
const HAS_DATE = new RegExp(DATE);
const HAS_TIME = new RegExp(TIME);
const ANY_PART = new RegExp(`${DATE}|${TIME}|[+-]\\d{1,4}(?!\\d)`, 'g');

/** How much of a moment a folded text names: 0 nothing, 1 a date or a time, 2 both. */
export function gradeDate(text: string): 0 | 1 | 2 {
  const date = HAS_DATE.test(text);
  const time = HAS_TIME.test(text);
  return date && time ? 2 : date || time ? 1 : 0;
}

/** Index behind the last date, time or zone, or the last digit when there is none: a name may have digits too. */
export function endOfDate(text: string): number {
  let end = 0;
  ANY_PART.lastIndex = 0;
  for (let match = ANY_PART.exec(text); match; match = ANY_PART.exec(text)) end = ANY_PART.lastIndex;
  return end > 0 ? end : text.search(/\d\D*$/) + 1;
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
