const MAX_BYTES = 200;

/**
 * A file name that is safe to show and to send in a header, from what the sender wrote (T13): composed, without
 * control, format and direction characters, without any path, at most 200 bytes with its extension kept. '' when nothing
 * is left. Names are cleaned before anything is decided by them.
 */
export function cleanFilename(raw: string): string {
  const visible = raw.normalize('NFC').replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, '');
  const base = visible.slice(Math.max(visible.lastIndexOf('/'), visible.lastIndexOf('\\')) + 1).trim();
  const name = /^\.+$/.test(base) ? '' : base;
  return shorten(name);
}

/** Cut in the middle: the extension tells the reader what a file is. */
function shorten(name: string): string {
  if (Buffer.byteLength(name) <= MAX_BYTES) return name;
  const extension = /\.[A-Za-z0-9]{1,10}$/.exec(name)?.[0] ?? '';
  let stem = name.slice(0, name.length - extension.length);
  while (Buffer.byteLength(stem) + extension.length > MAX_BYTES)
    stem = [...stem]
      .slice(0, -Math.max(1, Math.ceil((Buffer.byteLength(stem) + extension.length - MAX_BYTES) / 4)))
      .join('');
  return `${stem}${extension}`;
}
