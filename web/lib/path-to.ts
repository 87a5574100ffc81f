import { rangeQuery, type DayRange } from './report-range.ts';
import { queryOf, type Asked } from './ticket-query.ts';
import type { AccountPart, MailedLink, SettingsPart, View } from './routes.ts';

/** The addresses of the pages, the one place where they are written. */
export const pathTo = {
  home: '/',
  signIn: (to: string, again = false) => `/sign-in?to=${encodeURIComponent(to)}${again ? '&again' : ''}`,
  askLink: (purpose: MailedLink) => (purpose === 'sign-in' ? '/sign-in-link' : '/forgot'),
  register: '/register',
  tickets: '/tickets',
  view: (view: View) => (view === 'open' ? '/tickets' : `/tickets?view=${view}`),
  /** A view, narrowed and in an order. */
  list: (view: View, asked: Asked) =>
    `/tickets?${[...(view === 'open' ? [] : [`view=${view}`]), queryOf(asked)].join('&')}`.replace(/[?&]$/, ''),
  ticket: (id: number) => `/tickets/${id}`,
  newTicket: '/tickets/new',
  articles: '/articles',
  article: (id: number) => `/articles/${id}`,
  newArticle: '/articles/new',
  localMail: '/local-mail',
  localMailOf: (id: number) => `/local-mail/${id}`,
  ticketNumber: (number: string) => `/t/${number}`,
  account: (part: AccountPart) => (part === 'profile' ? '/account' : `/account/${part}`),
  employees: '/employees',
  employee: (id: number) => `/employees/${id}`,
  heldBack: '/held-back',
  /** `mailbox`: among those of this one only. */
  held: (id: number | null, mailbox?: number) =>
    `/held-back${id === null ? '' : `/${id}`}${mailbox === undefined ? '' : `?mailbox=${mailbox}`}`,
  ledger: '/ledger',
  ledgerOf: (id: number) => `/ledger/${id}`,
  mailTexts: '/mail-texts',
  mailText: (name: string) => `/mail-texts/${name}`,
  mailboxes: '/mailboxes',
  mailbox: (id: number) => `/mailboxes/${id}`,
  newMailbox: '/mailboxes/new',
  settings: (part: SettingsPart) => (part === 'general' ? '/settings' : `/settings/${part}`),
  dashboard: '/dashboard',
  /** The same, with the reports of these days. */
  numbers: (range: DayRange) => `/dashboard?${rangeQuery(range)}`.replace(/[?]$/, ''),
  health: '/health',
  audit: '/audit',
};
