/** What never names two messages: folder, UIDVALIDITY and UID (RFC 3501 §2.3.1.1). */
export interface MessageKey {
  folder: string;
  validity: string;
  uid: number;
}

export function messageKey({ folder, validity, uid }: MessageKey): string {
  return `imap:${folder}:${validity}:${uid}`;
}

/** null: not a key of an IMAP folder. */
export function readMessageKey(key: string): MessageKey | null {
  const [, folder, validity, uid] = /^imap:(.+):(\d+):(\d+)$/s.exec(key) ?? [];
  return folder && validity && uid ? { folder, validity, uid: Number(uid) } : null;
}

/** A set of UIDs in few characters: 1,3:7 (RFC 3501 §9 sequence-set). */
export function uidSet(uids: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const uid of uids.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && uid <= last[1] + 1) last[1] = uid;
    else ranges.push([uid, uid]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}:${to}`)).join(',');
}
