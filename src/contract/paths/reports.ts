import type { Paths } from './method-and-path.ts';

export const REPORTS_PATHS = {
  reportVolume: ['GET', '/api/reports/volume'],
  reportTimes: ['GET', '/api/reports/times'],
  reportBacklog: ['GET', '/api/reports/backlog'],
  reportReopens: ['GET', '/api/reports/reopens'],
  reportWorkload: ['GET', '/api/reports/workload'],
  exportReport: ['GET', '/api/reports/export'],
} as const satisfies Paths;
