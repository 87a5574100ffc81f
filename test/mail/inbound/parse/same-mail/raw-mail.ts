/** A mail in latin1: its header fields, folded ones with their line breaks, and what is behind the blank line. */
export interface RawMail {
  fields: string[];
  body: string;
}

/** A part without parts. */
export interface Leaf extends RawMail {
  isRoot: boolean;
  type: string;
  charset: string;
  /** Null when the encoding is none that is undone here. */
  decoded: Buffer | null;
}

/** Null when it does not begin with a header and a blank line, line ends being what they may. */
export function openRaw(raw: string): RawMail | null {
  const text = raw.replaceAll(/\r?\n/g, '\r\n');
  const end = text.indexOf('\r\n\r\n');
  if (end <= 0) return null;
  const fields = text.slice(0, end).split(/\r\n(?![ \t])/);
  return fields.every((field) => /^[!-9;-~]+:/.test(field)) ? { fields, body: text.slice(end + 4) } : null;
}

/** The mail with each leaf replaced by what `change` makes of it; null when nothing changes or its parts do not stand where they should. */
export function leaves(mail: RawMail, change: (leaf: Leaf) => RawMail | null, isRoot = true): RawMail | null {
  const field = (name: string) => mail.fields.find((one) => one.toLowerCase().startsWith(`${name}:`)) ?? '';
  const type =
    /^content-type:\s*([\w.+-]+\/[\w.+-]+)/i.exec(field('content-type'))?.[1]?.toLowerCase() ??
    (field('content-type') === '' ? 'text/plain' : '');
  if (!type.startsWith('multipart/')) {
    const encoding = /:\s*"?([\w-]*)/.exec(field('content-transfer-encoding'))?.[1]?.toLowerCase() ?? '';
    const charset = /charset\s*=\s*"?([\w.:-]+)/i.exec(field('content-type'))?.[1] ?? '';
    return change({ ...mail, isRoot, type, charset, decoded: decode(mail.body, encoding) });
  }
  const boundary = /boundary\s*=\s*(?:"([^"]+)"|([^;\s]+))/i.exec(field('content-type'));
  const delimiter = `\r\n--${boundary?.[1] ?? boundary?.[2] ?? ''}`;
  const pieces = `\r\n${mail.body}`.split(delimiter);
  if (!boundary || pieces.length < 3 || !pieces.at(-1)?.startsWith('--')) return null;
  let changed = false;
  const inner = pieces.slice(1, -1).map((piece) => {
    if (!piece.startsWith('\r\n')) return piece;
    const part = piece.startsWith('\r\n\r\n') ? { fields: [], body: piece.slice(4) } : openRaw(piece.slice(2));
    const made = part && leaves(part, change, false);
    if (!made) return piece;
    changed = true;
    return `\r\n${made.fields.join('\r\n')}\r\n\r\n${made.body}`;
  });
  const body = [pieces[0], ...inner, pieces.at(-1)].join(delimiter).slice(2);
  return changed ? { ...mail, body } : null;
}

function decode(body: string, encoding: string): Buffer | null {
  if (encoding === 'base64') {
    const bare = body.replaceAll(/\s/g, '');
    return /^[A-Za-z0-9+/]*={0,2}$/.test(bare) ? Buffer.from(bare, 'base64') : null;
  }
  if (encoding === 'quoted-printable')
    return Buffer.from(
      body
        .replaceAll(/=[ \t]*\r\n/g, '')
        .replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
      'latin1',
    );
  return ['', '7bit', '8bit', 'binary'].includes(encoding) ? Buffer.from(body, 'latin1') : null;
}
