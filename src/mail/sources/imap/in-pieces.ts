import type { ImapSession } from './session.ts';

const PIECE = 1024 * 1024;

/**
 * A large message piece by piece, so that one piece is in memory, not the message. `size` is what the server announced, null when its word is
 * worth nothing. Where they differ the server has to confirm the end.
 */
export async function* inPieces(
  session: Pick<ImapSession, 'piece'>,
  uid: number,
  size: number | null,
  pieceSize = PIECE,
): AsyncGenerator<Buffer> {
  let at = 0;
  for (;;) {
    const piece = await session.piece(uid, at, pieceSize);
    if (piece === null && at === 0) throw new Error('The server answered without the message (NIL)');
    if (piece && piece.length > pieceSize && at > 0)
      throw new Error(`The server gave ${piece.length} bytes at ${at} where ${pieceSize} were asked for`);
    if (piece && piece.length > 0) yield piece;
    at += piece?.length ?? 0;
    // One that is longer than asked is the whole message: some servers do not know pieces.
    if (piece === null || piece.length !== pieceSize) break;
    if (at === size) return;
  }
  if (size === null || at === size) return;
  const more = await session.piece(uid, at, 1);
  if (more && more.length > 0) throw new Error(`The server says ${size} bytes, stopped at ${at} and has more`);
}
