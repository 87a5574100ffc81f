import { rangeOf, type DayRange } from './report-range.ts';
import { askedOf, type Asked } from './ticket-query.ts';

export { pathTo } from './path-to.ts';

export const VIEWS = ['open', 'new', 'mine', 'unassigned', 'waiting', 'all'] as const;
export type View = (typeof VIEWS)[number];

/** What a link in a mail about an account is for. */
export const LINKS = ['sign-in', 'reset-password', 'confirm-email', 'change-email'] as const;
export type LinkPurpose = (typeof LINKS)[number];
/** What somebody without a session can be mailed. */
export type MailedLink = 'sign-in' | 'reset-password';

/** The parts of one's own account, and of the settings of the desk. */
export const ACCOUNT_PARTS = ['profile', 'preferences', 'security', 'api-keys'] as const;
export type AccountPart = (typeof ACCOUNT_PARTS)[number];
export const SETTINGS_PARTS = ['general', 'departments', 'categories'] as const;
export type SettingsPart = (typeof SETTINGS_PARTS)[number];

/** Where in the portal someone is. */
export type Place =
  | { page: 'home' }
  | { page: 'sign-in'; to: string; again: boolean }
  | { page: 'ask-link'; purpose: MailedLink }
  | { page: 'link'; purpose: LinkPurpose }
  | { page: 'register' }
  /** A ticket by the link in a mail, with the answer that was chosen there. */
  | { page: 'status'; answer: 'yes' | 'no' | null }
  | { page: 'tickets'; view: View; asked: Asked }
  | { page: 'ticket'; id: number }
  /** what mails link to */
  | { page: 'ticket-number'; number: string }
  | { page: 'new-ticket' }
  | { page: 'articles' }
  | { page: 'article'; id: number }
  | { page: 'new-article' }
  | { page: 'local-mail'; id: number | null }
  | { page: 'account'; part: AccountPart }
  | { page: 'employees' }
  | { page: 'employee'; id: number }
  | { page: 'held-back'; id: number | null; mailbox?: number }
  | { page: 'ledger'; id: number | null }
  | { page: 'mailboxes' }
  | { page: 'mailbox'; id: number }
  | { page: 'new-mailbox' }
  | { page: 'mail-texts'; name: string | null }
  | { page: 'settings'; part: SettingsPart }
  | { page: 'health' }
  | { page: 'dashboard'; range: DayRange }
  | { page: 'audit' }
  | { page: 'not-found' };

/** The place that an address means. `path` begins with a slash; one slash at its end is forgiven. */
export function placeOf(path: string, search = ''): Place {
  const query = new URLSearchParams(search);
  const [first = '', second, ...rest] = path.replace(/\/$/, '').split('/').slice(1);
  if (rest.length > 0) return { page: 'not-found' };
  switch (first) {
    case '':
      return { page: 'home' };
    case 'sign-in':
      return only(second, { page: 'sign-in', to: returnPath(query.get('to')), again: query.has('again') });
    case 'sign-in-link':
      return only(second, { page: 'ask-link', purpose: 'sign-in' });
    case 'forgot':
      return only(second, { page: 'ask-link', purpose: 'reset-password' });
    case 'register':
      return only(second, { page: 'register' });
    case 'status':
      return only(second, { page: 'status', answer: answerOf(query.get('answer')) });
    case 'link': {
      const purpose = LINKS.find((name) => name === second);
      return purpose ? { page: 'link', purpose } : { page: 'not-found' };
    }
    case 'tickets':
      return ticketsPlace(second, query);
    case 't':
      return /^TX\d{4,15}$/.test(second ?? '')
        ? { page: 'ticket-number', number: second ?? '' }
        : { page: 'not-found' };
    case 'articles':
      return second === 'new'
        ? { page: 'new-article' }
        : withId(second, (id) => ({ page: 'article', id }), { page: 'articles' });
    case 'local-mail':
      return withId(second, (id) => ({ page: 'local-mail', id }), { page: 'local-mail', id: null });
    case 'account':
      return withPart(ACCOUNT_PARTS, second, (part) => ({ page: 'account', part }));
    case 'employees':
      return withId(second, (id) => ({ page: 'employee', id }), { page: 'employees' });
    case 'held-back':
      return heldBackPlace(second, query);
    case 'ledger':
      return withId(second, (id) => ({ page: 'ledger', id }), { page: 'ledger', id: null });
    case 'mailboxes':
      return second === 'new'
        ? { page: 'new-mailbox' }
        : withId(second, (id) => ({ page: 'mailbox', id }), { page: 'mailboxes' });
    case 'mail-texts':
      return second === undefined || /^[a-z-]{1,40}$/.test(second)
        ? { page: 'mail-texts', name: second ?? null }
        : { page: 'not-found' };
    case 'settings':
      return withPart(SETTINGS_PARTS, second, (part) => ({ page: 'settings', part }));
    case 'dashboard':
      return only(second, { page: 'dashboard', range: rangeOf(query) });
    case 'health':
      return only(second, { page: 'health' });
    case 'audit':
      return only(second, { page: 'audit' });
    default:
      return { page: 'not-found' };
  }
}

const answerOf = (text: string | null) => (text === 'yes' || text === 'no' ? text : null);

/** The first part has the address without a part. */
function withPart<P extends string>(parts: readonly P[], text: string | undefined, place: (part: P) => Place): Place {
  const part = parts.find((name, at) => (at === 0 ? text === undefined : name === text));
  return part ? place(part) : { page: 'not-found' };
}

const only = (second: string | undefined, place: Place): Place =>
  second === undefined ? place : { page: 'not-found' };

/** Places for whoever is not signed in. */
export function isOpen({ page }: Place): boolean {
  return page === 'sign-in' || page === 'ask-link' || page === 'link' || page === 'register' || page === 'status';
}

const ADMIN_PAGES = [
  'employees',
  'employee',
  'held-back',
  'ledger',
  'mail-texts',
  'mailboxes',
  'mailbox',
  'new-mailbox',
  'settings',
  'health',
  'audit',
] as const;
type AdminPlace = Extract<Place, { page: (typeof ADMIN_PAGES)[number] }>;

/** Places for admins only; the desk refuses everybody else what is on them. */
export function isAdminPage(place: Place): place is AdminPlace {
  return ADMIN_PAGES.some((page) => page === place.page);
}

function ticketsPlace(second: string | undefined, query: URLSearchParams): Place {
  if (second === 'new') return { page: 'new-ticket' };
  const view = VIEWS.find((name) => name === query.get('view')) ?? 'open';
  return withId(second, (id) => ({ page: 'ticket', id }), { page: 'tickets', view, asked: askedOf(query) });
}

/** What was held back, of one mailbox only where the address says so. */
function heldBackPlace(second: string | undefined, query: URLSearchParams): Place {
  const mailbox = Number(query.get('mailbox'));
  const of = Number.isSafeInteger(mailbox) && mailbox > 0 ? { mailbox } : {};
  return withId(second, (id) => ({ page: 'held-back', id, ...of }), { page: 'held-back', id: null, ...of });
}

function withId(text: string | undefined, place: (id: number) => Place, without: Place): Place {
  if (text === undefined) return without;
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(id) ? place(id) : { page: 'not-found' };
}

/** Where to go after signing in: only a path of the portal itself, never another host. */
export function returnPath(to: string | null): string {
  if (to === null || !/^\/(?![/\\])/.test(to)) return '/';
  const url = new URL(to, 'https://portal.invalid');
  return url.host === 'portal.invalid' && url.pathname !== '/sign-in' ? url.pathname + url.search : '/';
}
