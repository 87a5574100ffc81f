import type { dashboardEn } from './dashboard-en.ts';

/** The texts of the desk's numbers, in German. */
export const dashboardDe: typeof dashboardEn = {
  title: 'Übersicht',
  loading: 'Die Tickets werden gezählt',
  now: 'Jetzt',
  overdue: 'Überfällig',
  toApprove: 'Freizugeben',
  seeHealth: 'Zum Zustand des Systems',
};
