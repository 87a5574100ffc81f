import type { Paths } from './method-and-path.ts';

export const LEDGER_PATHS = {
  listLedger: ['GET', '/api/ledger'],
  readLedgerMessage: ['GET', '/api/ledger/:id'],
  downloadSource: ['GET', '/api/ledger/:id/source'],
  retryMessage: ['POST', '/api/ledger/:id/retry'],
  orderTicket: ['POST', '/api/ledger/:id/open-ticket'],
  discardMessage: ['POST', '/api/ledger/:id/discard'],
} as const satisfies Paths;
