/**
 * The moments at which the fault tests kill the process (one row of the fault matrix each): D discovery, F fetch,
 * P push, A apply, O outbound, I idempotency key, T task, FW workflow system, FU upload, FR refresh of a
 * session, R retention.
 */
export const FAULT_POINTS = [
  'D1', // before the ledger rows and the cursor are committed
  'D2', // after that commit, before anything is fetched
  'F1', // in the middle of writing raw bytes
  'F2', // all bytes written, blob not yet under its name
  'F3', // blob stored, its row not yet committed
  'P1', // row of a pushed message committed, its sender not answered
  'A1', // inside the apply transaction, ticket written
  'A2', // just before the apply commit
  'A3', // after the apply commit, before the source is told
  'A4', // after the source was told
  'O1', // outbound row written, not committed
  'O2', // committed, not claimed
  'O3', // claimed, nothing sent
  'O4', // recipient accepted, no data sent
  'O5', // after the final dot, before the server's 250
  'O6', // after the 250, before the row says sent
  'O7', // row says sent, job not completed
  'I1', // effect of a POST and its answer for a replay written, not committed
  'T1', // a part of a task done, not committed
  'T2', // a part of a task committed, the next not begun
  'FW1', // the workflow system has the ticket, nobody has heard its answer
  'FW2', // its answer was heard, the row does not say so
  'FU1', // a file of a form stored, its row not yet written
  'FR1', // refresh token rotated and committed, its holder not answered
  'R1', // a batch deleted for its age, not committed
  'R2', // such a batch committed, the next not begun
] as const;
export type FaultPoint = (typeof FAULT_POINTS)[number];

/** `FAULT=A2:3` dies at the third pass of A2. Read once: without it a fault point is one comparison. */
const [armed, nth = '1'] = process.env['FAULT']?.split(':') ?? [];
let left = Number(nth);

/** Dies here as by SIGKILL when FAULT names this point, and does nothing otherwise. */
export function faultPoint(name: FaultPoint): void {
  if (armed === name && --left === 0) process.kill(process.pid, 'SIGKILL');
}
