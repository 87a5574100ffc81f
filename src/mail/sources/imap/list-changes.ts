import type { ImapSession, Selected } from './session.ts';

const DAY = 24 * 3_600_000;

/** What a server's mod-sequences are worth (RFC 7162); remembered between calls. */
export interface ModseqTrust {
  disproved: boolean;
}

/** How a folder stood when it was listed: a message that is added later gets a higher mod-sequence, whatever its UID. */
interface Mark {
  validity: string;
  modseq: bigint;
  next: number;
  exists: number;
}

/** What there is to be compared: UIDs, and the mark to go on from once they are; null: there is none to be had. */
export interface Changes {
  uids: number[];
  mark: string | null;
}

/** UIDs of the last days. */
export function listDays(session: ImapSession, days: number): Promise<number[]> {
  return session.search({ since: new Date(Date.now() - (days + 1) * DAY) }); // the server's own days, in its own zone
}

/**
 * UIDs of what was added or changed since the mark. Those of the last days where only they tell: without a mark, under other numbers, without
 * CONDSTORE, and for good from a server whose own words disagree.
 */
export async function listChanges(
  session: ImapSession,
  { days, mark, trust }: { days: number; mark: string | null; trust: ModseqTrust },
): Promise<Changes> {
  const selected = await session.select(); // before the search: what changes in between is listed again
  const [before, now] = [readMark(mark), markOf(selected)];
  if (trust.disproved || !now || !session.capabilities.has('CONDSTORE'))
    return { uids: await listDays(session, days), mark: null };
  if (before?.validity !== now.validity) return { uids: await listDays(session, days), mark: writeMark(now) };
  const uids = await changedSince(session, before, now);
  if (uids) return { uids, mark: writeMark(now) };
  trust.disproved = true;
  return { uids: await listDays(session, days), mark: null };
}

/** null: the server contradicts itself, or cannot search for it. */
async function changedSince(session: ImapSession, before: Mark, now: Mark): Promise<number[] | null> {
  const added = now.exists - before.exists;
  if (now.modseq < before.modseq) return null;
  if (now.modseq === before.modseq) return added > 0 || now.next !== before.next ? null : [];
  const uids = await session.search({ modseq: before.modseq + 1n }).catch((error: unknown) => {
    if (session.usable) return null;
    throw error;
  });
  return uids && uids.length >= added ? uids : null;
}

function markOf({ validity, modseq, next, exists }: Selected): Mark | null {
  return modseq === null || next === null ? null : { validity, modseq, next, exists };
}

const writeMark = ({ validity, modseq, next, exists }: Mark) => [validity, modseq, next, exists].join(':');

function readMark(text: string | null): Mark | null {
  const [, validity = '', modseq = '', next, exists] = /^(\d+):(\d+):(\d+):(\d+)$/.exec(text ?? '') ?? [];
  return validity ? { validity, modseq: BigInt(modseq), next: Number(next), exists: Number(exists) } : null;
}
