/** The life of a ticket for the portal, which changes many tickets at once without having read each of them. */
export { TRANSITIONS } from '../tickets/lifecycle.ts';
