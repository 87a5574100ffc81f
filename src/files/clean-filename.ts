/** Longest name in bytes of UTF-8. */
const LONGEST = 200;

/** Characters that no file name shows: controls, format and bidirectional marks, line and paragraph separators, lone surrogates, private use. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A name fit to be shown and saved: NFC, one path segment, nothing invisible (T13: normalise first, check after), at most 200
 * bytes with its ending kept. It never decides where bytes are stored.
 */
export function cleanFilename(name: string, fallback = 'attachment'): string {
  const visible = name.normalize('NFC').replace(INVISIBLE, '');
  const base = visible.split(/[/\\]/).at(-1) ?? '';
  const tidy = base
    .replace(/[<>:"|?*]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. ]+$/g, '');
  if (tidy === '') return fallback;
  return shorten(DEVICE.test(tidy) ? `_${tidy}` : tidy);
}

function shorten(name: string): string {
  if (Buffer.byteLength(name) <= LONGEST) return name;
  const dot = name.lastIndexOf('.');
  const ending = dot > 0 && name.length - dot <= 12 ? name.slice(dot) : '';
  let stem = ending ? name.slice(0, dot) : name;
  while (Buffer.byteLength(stem) + Buffer.byteLength(ending) > LONGEST) stem = [...stem].slice(0, -1).join('');
  return stem + ending;
}
