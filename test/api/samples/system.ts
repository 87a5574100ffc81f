import { failJob } from '../../support/failed-job.ts';
import type { Sample } from '../samples.ts';

const failed = async ({ desk }: Parameters<Sample['own']>[0]) => ({ params: { id: await failJob(desk) } });

export const systemSamples = {
  readSystem: { own: () => ({}) },
  listFailedJobs: { own: () => ({}) },
  /** Jobs belong to nobody. */
  retryJob: { own: failed, foreign: failed, reach: ['admin'] },
} satisfies Record<string, Sample>;
