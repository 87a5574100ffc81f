/** Price of each request in quota units (developers.google.com/gmail/api/reference/quota, projects made since 2026-05). */
export const UNITS = {
  token: 0,
  getProfile: 1,
  'labels.list': 1,
  'labels.create': 5,
  'history.list': 2,
  'messages.list': 5,
  'messages.get': 20,
  'messages.batchModify': 50,
  'messages.send': 100,
  watch: 100,
} as const;
export type GmailOperation = keyof typeof UNITS;

/** Units a second that one mailbox may spend; Google allows 100. */
const RATE = 80;
/** What may be spent at once after a pause. */
const BURST = 400;

/** Waits until what an operation costs may be spent. */
export type Spend = (operation: GmailOperation) => Promise<void>;

/** One bucket for each account, so that reading and sending do not spend more than it has together. */
export function quotaBuckets(): (mailboxId: number) => Spend {
  const buckets = new Map<number, Spend>();
  return (mailboxId) => {
    const bucket = buckets.get(mailboxId) ?? quotaBucket();
    buckets.set(mailboxId, bucket);
    return bucket;
  };
}

/** Waits until so many units may be spent. First come, first served. */
export function quotaBucket({ rate = RATE, burst = BURST, now = () => performance.now(), wait = pause } = {}): Spend {
  let free = burst;
  let since = now();
  let queue: Promise<void> = Promise.resolve();
  const spend = async (units: number) => {
    free = Math.min(burst, free + ((now() - since) / 1000) * rate);
    since = now();
    free -= units;
    if (free < 0) await wait((-free / rate) * 1000);
  };
  return (operation) => (queue = queue.then(() => spend(UNITS[operation])));
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
