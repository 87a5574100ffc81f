/** What a cell may hold. Text is data of people; numbers and booleans are ours. */
export type Cell = string | number | boolean | null;

/** A table as CSV (RFC 4180) in UTF-8 for spreadsheets, with a byte order mark, as they guess otherwise. One chunk for each page of rows. */
export async function* csvOf(
  columns: readonly string[],
  pages: AsyncIterable<readonly (readonly Cell[])[]>,
): AsyncGenerator<string> {
  yield `\uFEFF${csvLine(columns)}`;
  for await (const rows of pages) yield rows.map(csvLine).join('');
}

/** One line with its line end. */
export function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell);
  const text = harmless(cell);
  return /[",;|\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Characters that begin a formula in a spreadsheet, the wide ones too, or are skipped before one. */
const FORMULA = '=+\\-@\\t\\r\uFF1D\uFF0B\uFF0D\uFF20';
/** At the start, or where a careless reader would see another cell begin. */
const BEGINS = new RegExp(`(^|[",;|\\t\\r\\n])(?=[${FORMULA}])`, 'g');
const BEGINS_BEHIND = new RegExp(`^[",;|\\s]+[${FORMULA}]`);

/** Text that no spreadsheet takes for a formula: an apostrophe before what would begin one (T34). */
function harmless(text: string): string {
  const guarded = text.replace(BEGINS, "$1'");
  return BEGINS_BEHIND.test(text) && !guarded.startsWith("'") ? `'${guarded}` : guarded;
}
