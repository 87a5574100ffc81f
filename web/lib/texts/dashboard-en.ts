/** The texts of the desk's numbers, in English. */
export const dashboardEn = {
  title: 'Dashboard',
  loading: 'Counting the tickets',
  now: 'Now',
  overdue: 'Overdue',
  toApprove: 'To approve',
  seeHealth: 'See the system health',
};
