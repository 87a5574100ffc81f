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
  | { page: 'tickets'; view: View }
  | { page: 'ticket'; id: number }
  /** what mails link to */
  | { page: 'ticket-number'; number: string }
  | { page: 'new-ticket' }
  | { page: 'local-mail'; id: number | null }
  | { page: 'account'; part: AccountPart }
  | { page: 'employees' }
  | { page: 'employee'; id: number }
  | { page: 'held-back'; id: number | null }
  | { page: 'ledger'; id: number | null }
  | { page: 'settings'; part: SettingsPart }
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
    case 'local-mail':
      return withId(second, (id) => ({ page: 'local-mail', id }), { page: 'local-mail', id: null });
    case 'account':
      return withPart(ACCOUNT_PARTS, second, (part) => ({ page: 'account', part }));
    case 'employees':
      return withId(second, (id) => ({ page: 'employee', id }), { page: 'employees' });
    case 'held-back':
      return withId(second, (id) => ({ page: 'held-back', id }), { page: 'held-back', id: null });
    case 'ledger':
      return withId(second, (id) => ({ page: 'ledger', id }), { page: 'ledger', id: null });
    case 'settings':
      return withPart(SETTINGS_PARTS, second, (part) => ({ page: 'settings', part }));
    case 'audit':
      return only(second, { page: 'audit' });
    default:
      return { page: 'not-found' };
  }
}

/** The first part has the address without a part. */
function withPart<P extends string>(parts: readonly P[], text: string | undefined, place: (part: P) => Place): Place {
  const part = parts.find((name, at) => (at === 0 ? text === undefined : name === text));
  return part ? place(part) : { page: 'not-found' };
}

const only = (second: string | undefined, place: Place): Place =>
  second === undefined ? place : { page: 'not-found' };

/** Places for whoever is not signed in. */
export function isOpen({ page }: Place): boolean {
  return page === 'sign-in' || page === 'ask-link' || page === 'link' || page === 'register';
}

const ADMIN_PAGES = ['employees', 'employee', 'held-back', 'ledger', 'settings', 'audit'] as const;
type AdminPlace = Extract<Place, { page: (typeof ADMIN_PAGES)[number] }>;

/** Places for admins only; the desk refuses everybody else what is on them. */
export function isAdminPage(place: Place): place is AdminPlace {
  return ADMIN_PAGES.some((page) => page === place.page);
}

function ticketsPlace(second: string | undefined, query: URLSearchParams): Place {
  if (second === 'new') return { page: 'new-ticket' };
  const view = VIEWS.find((name) => name === query.get('view')) ?? 'open';
  return withId(second, (id) => ({ page: 'ticket', id }), { page: 'tickets', view });
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

/** The addresses of the pages, the one place where they are written. */
export const pathTo = {
  home: '/',
  signIn: (to: string, again = false) => `/sign-in?to=${encodeURIComponent(to)}${again ? '&again' : ''}`,
  askLink: (purpose: MailedLink) => (purpose === 'sign-in' ? '/sign-in-link' : '/forgot'),
  register: '/register',
  tickets: '/tickets',
  view: (view: View) => (view === 'open' ? '/tickets' : `/tickets?view=${view}`),
  ticket: (id: number) => `/tickets/${id}`,
  newTicket: '/tickets/new',
  localMail: '/local-mail',
  localMailOf: (id: number) => `/local-mail/${id}`,
  ticketNumber: (number: string) => `/t/${number}`,
  account: (part: AccountPart) => (part === 'profile' ? '/account' : `/account/${part}`),
  employees: '/employees',
  employee: (id: number) => `/employees/${id}`,
  heldBack: '/held-back',
  held: (id: number) => `/held-back/${id}`,
  ledger: '/ledger',
  ledgerOf: (id: number) => `/ledger/${id}`,
  settings: (part: SettingsPart) => (part === 'general' ? '/settings' : `/settings/${part}`),
  audit: '/audit',
};
