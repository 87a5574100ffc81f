const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Hours east of Greenwich of the zone names of RFC 5322 §4.3. */
const ZONES: Readonly<Record<string, number>> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
  cet: 1,
  cest: 2,
  mez: 1,
  mesz: 2,
  bst: 1,
  msk: 3,
  jst: 9,
};
const RFC_DATE =
  /(\d{1,2})[ -]([a-z]{3})[a-z]*\.?[ -](\d{2,4})[ ,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*([+-]\d{4}|[a-z]{1,5})?/i;

/** A Date header as ISO 8601 UTC, or null when it is none. Obsolete forms of RFC 5322 §4.3 count; no zone means UTC. */
export function parseDate(value: string | null): string | null {
  if (value === null) return null;
  const text = value
    .slice(0, 200)
    .replaceAll(/\([^()]*\)/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const match = RFC_DATE.exec(text);
  return match ? fromParts(match) : fromIso(text);
}

function fromParts([, day, month, year, hour, minute, second, zone]: RegExpExecArray): string | null {
  const monthIndex = MONTHS.indexOf((month ?? '').toLowerCase());
  if (monthIndex < 0) return null;
  const utc = Date.UTC(
    fullYear(year ?? ''),
    monthIndex,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second ?? 0),
  );
  return toIso(utc - zoneMinutes(zone ?? '') * 60_000);
}

/** Two digits below 50 are this century, three count from 1900 (RFC 5322 §4.3). */
function fullYear(text: string): number {
  const year = Number(text);
  if (text.length >= 4) return year;
  return text.length === 2 && year < 50 ? 2000 + year : 1900 + year;
}

function zoneMinutes(zone: string): number {
  if (!/^[+-]/.test(zone)) return (ZONES[zone.toLowerCase()] ?? 0) * 60;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5));
  return zone.startsWith('-') ? -minutes : minutes;
}

function fromIso(text: string): string | null {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)? ?(Z|[+-]\d\d:?\d\d)?$/i.exec(text);
  if (!match) return null;
  const zone = (match[3] ?? 'Z').replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2');
  return toIso(Date.parse(`${match[1] ?? ''}T${match[2] ?? ''}${zone}`));
}

function toIso(time: number): string | null {
  return Number.isNaN(time) || Math.abs(time) > 8.64e15 ? null : new Date(time).toISOString();
}
