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
const ZONE = String.raw`(?:\s*(?:gmt|utc?)?(?<offset>[+-]\d\d:?\d\d)|\s*(?<zone>[a-z]{1,5})(?![a-z]))?`;
const TIME = String.raw`(?<hour>\d{1,2})[:.](?<minute>\d\d)(?:[:.](?<second>\d\d))?(?:[.,]\d+)?(?:\s*(?<half>[ap])\.?m\b\.?)?`;
/** How dates are written, the standard first (RFC 5322 §3.3); then as ctime, ISO 8601 and Americans have them. */
const FORMS = [
  String.raw`(?<day>\d{1,2})[ -](?<month>[a-z]{3})[a-z]*\.?[ -](?<year>\d{2,4})[ ,]+${TIME}${ZONE}`,
  String.raw`\b(?<month>[a-z]{3})[a-z]* +(?<day>\d{1,2}),? +${TIME}${ZONE} +(?<year>\d{4})`,
  String.raw`\b(?<month>[a-z]{3})[a-z]* +(?<day>\d{1,2}),? +(?<year>\d{4})[ ,]+${TIME}${ZONE}`,
  String.raw`^(?<year>\d{4})[-/](?<month>\d\d)[-/](?<day>\d\d)[T ]${TIME}${ZONE}$`,
].map((form) => new RegExp(form, 'i'));

/** A Date header as ISO 8601 UTC, or null when it is none. Obsolete forms of RFC 5322 §4.3 count; no zone means UTC. */
export function parseDate(value: string | null): string | null {
  if (value === null) return null;
  const text = value
    .slice(0, 200)
    .replaceAll(/\([^()]*\)/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  for (const form of FORMS) {
    const found = form.exec(text)?.groups;
    if (found) return fromParts(found);
  }
  return null;
}

function fromParts(found: Record<string, string | undefined>): string | null {
  const { day, month = '', year = '', second = '0', half, offset, zone } = found;
  const monthIndex = /^\d/.test(month) ? Number(month) - 1 : MONTHS.indexOf(month.toLowerCase());
  const hour = half === undefined ? Number(found['hour']) : (Number(found['hour']) % 12) + (/p/i.test(half) ? 12 : 0);
  const minute = Number(found['minute']);
  if (monthIndex < 0 || monthIndex > 11 || hour > 24 || minute > 59 || Number(second) > 60 || Number(day) > 31)
    return null;
  const utc = Date.UTC(fullYear(year), monthIndex, Number(day), hour, minute, Number(second));
  return toIso(utc - zoneMinutes(offset ?? zone ?? '') * 60_000);
}

/** Two digits below 50 are this century, three count from 1900 (RFC 5322 §4.3). */
function fullYear(text: string): number {
  const year = Number(text);
  if (text.length >= 4) return year;
  return text.length === 2 && year < 50 ? 2000 + year : 1900 + year;
}

function zoneMinutes(zone: string): number {
  if (!/^[+-]/.test(zone)) return (ZONES[zone.toLowerCase()] ?? 0) * 60;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith('-') ? -minutes : minutes;
}

function toIso(time: number): string | null {
  return Number.isNaN(time) || Math.abs(time) > 8.64e15 ? null : new Date(time).toISOString();
}
