import type { Output } from '#contract/client.ts';
import { ask } from './session.svelte.ts';

type Finding = 'mailboxes' | 'late' | 'jobs' | 'mails' | 'stops';
interface State {
  mailboxes: Output<'readHealth'>['mailboxes'];
  system: Output<'readSystem'>;
  jobs: readonly unknown[];
  stops: readonly { resumed_at: string | null }[];
}

/** Asks the desk how it fares; for admins. Throws ApiError. */
export async function readState() {
  const [health, system, jobs, stops] = await Promise.all([
    ask('readHealth'),
    ask('readSystem'),
    ask('listFailedJobs'),
    ask('listStops'),
  ]);
  return { mailboxes: health.mailboxes, system, jobs: jobs.results, stops };
}

/** Work that waits longer than this is not done by anybody. */
const LATE = 5 * 60_000;

/** What needs a look, the gravest first, and how many of it there are. */
export function findingsOf({ mailboxes, system, jobs, stops }: State, now: Date): { what: Finding; n: number }[] {
  const ill = mailboxes.filter(({ health }) => !['ok', 'off'].includes(health.state)).length;
  const waiting = [system.mail_in, system.mail_out, ...system.queues].map(({ oldest_at }) => oldest_at);
  const late = waiting.filter((at) => at !== null && now.getTime() - Date.parse(at) > LATE).length;
  const found: { what: Finding; n: number }[] = [
    { what: 'mailboxes', n: ill },
    { what: 'late', n: late },
    { what: 'jobs', n: jobs.length },
    { what: 'mails', n: system.mail_out.failed },
    { what: 'stops', n: stops.filter(({ resumed_at }) => resumed_at === null).length },
  ];
  return found.filter(({ n }) => n > 0);
}
