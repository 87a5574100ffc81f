import type { Page } from 'playwright-core';
import type { Filled } from './portal-desk.ts';

export type Visitor = 'nobody' | 'employee' | 'coordinator' | 'admin';

/** A page of the portal: its address, who it is for, and the sign that it has its data. */
export interface PortalPage {
  name: string;
  path: (desk: Filled) => string;
  as: Visitor;
  ready: string;
  /** What is done on it before it is looked at. */
  act?: (page: Page) => Promise<unknown>;
}

const at = (path: string) => () => path;
const STAFF_KEYS = { employee: 'my-tickets', coordinator: 'queue', admin: 'queue' } as const;
const account = (as: Exclude<Visitor, 'nobody'>, parts: readonly string[]): PortalPage[] =>
  parts.map((part) => ({
    name: `account-${part}-${as}`,
    path: at(part === 'profile' ? '/account' : `/account/${part}`),
    as,
    ready: `account-${part}`,
  }));

/** Every page of the portal, in every state that is worth a look. The crawler fails when it finds one that is not here. */
const EVERY: readonly PortalPage[] = [
  { name: 'sign-in', path: at('/sign-in'), as: 'nobody', ready: 'sign-in' },
  { name: 'sign-in-link', path: at('/sign-in-link'), as: 'nobody', ready: 'ask-link' },
  { name: 'forgot', path: at('/forgot'), as: 'nobody', ready: 'ask-link' },
  { name: 'register', path: at('/register'), as: 'nobody', ready: 'register' },
  { name: 'link', path: at('/link/sign-in#dead'), as: 'nobody', ready: 'link' },
  { name: 'status-dead', path: at('/status#dead'), as: 'nobody', ready: 'status' },
  {
    name: 'register-faults',
    path: at('/register'),
    as: 'nobody',
    ready: 'register',
    act: (page) => page.getByRole('button', { name: 'Register' }).click(),
  },

  { name: 'my-tickets', path: at('/tickets'), as: 'employee', ready: STAFF_KEYS.employee },
  { name: 'my-ticket', path: ({ own }) => `/tickets/${own}`, as: 'employee', ready: 'ticket' },
  { name: 'new-ticket', path: at('/tickets/new'), as: 'employee', ready: 'new-ticket' },
  {
    name: 'new-ticket-faults',
    path: at('/tickets/new'),
    as: 'employee',
    ready: 'new-ticket',
    act: (page) => page.getByRole('button', { name: 'Send to support' }).click(),
  },
  {
    name: 'new-ticket-suggestions',
    path: at('/tickets/new'),
    as: 'employee',
    ready: 'new-ticket',
    act: async (page) => {
      await page.getByLabel('What is the problem').fill('VPN drops');
      await page.getByText('Perhaps this is already answered').waitFor();
    },
  },
  {
    name: 'assistant',
    path: at('/tickets'),
    as: 'employee',
    ready: STAFF_KEYS.employee,
    act: async (page) => {
      await page.getByRole('button', { name: 'Ask a question' }).click();
      await page.getByLabel('Your question').fill('Why does the VPN drop, and what of my access?');
      await page.getByRole('button', { name: 'Ask', exact: true }).click();
      await page.getByText('No language model answers here').waitFor();
    },
  },
  { name: 'articles', path: at('/articles'), as: 'employee', ready: 'articles' },
  { name: 'article', path: ({ article }) => `/articles/${article}`, as: 'employee', ready: 'article' },
  ...account('employee', ['profile', 'preferences', 'security']),
  { name: 'denied', path: at('/employees'), as: 'employee', ready: 'message' },
  { name: 'not-found', path: at('/elsewhere'), as: 'employee', ready: 'message' },

  { name: 'queue', path: at('/tickets'), as: 'coordinator', ready: 'queue' },
  {
    name: 'queue-selected',
    path: at('/tickets'),
    as: 'coordinator',
    ready: 'queue',
    act: async (page) => {
      for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
      await page.getByText('2 selected').waitFor();
    },
  },
  {
    name: 'queue-filtered',
    path: at(
      '/tickets?view=all&status=open&category=Hardware&assignee=none&created_from=2026-01-01T00:00:00.000Z&has_attachment=false&sort=oldest',
    ),
    as: 'coordinator',
    ready: 'queue',
  },
  {
    name: 'queue-filters',
    path: at('/tickets'),
    as: 'coordinator',
    ready: 'queue',
    act: async (page) => {
      await page.keyboard.press('f');
      await page.getByRole('combobox').waitFor();
    },
  },
  { name: 'queue-empty', path: at('/tickets?view=waiting'), as: 'coordinator', ready: 'queue' },
  { name: 'ticket', path: ({ busy }) => `/tickets/${busy}`, as: 'coordinator', ready: 'ticket' },
  {
    name: 'ticket-writing',
    path: ({ busy }) => `/tickets/${busy}`,
    as: 'coordinator',
    ready: 'ticket',
    act: async (page) => {
      await page.locator('.format').waitFor({ state: 'attached' });
      await page.keyboard.press('r');
      await page.getByLabel('Your reply').fill('');
      await page.keyboard.type('Good morning ');
      await page.keyboard.press('Control+b');
      await page.keyboard.type('Grace');
    },
  },
  {
    name: 'ticket-mention',
    path: ({ busy }) => `/tickets/${busy}`,
    as: 'coordinator',
    ready: 'ticket',
    act: async (page) => {
      await page.locator('.format').waitFor({ state: 'attached' });
      await page.keyboard.press('n');
      await page.getByLabel('Your internal note').fill('');
      await page.keyboard.type('What do you think, @');
      await page.getByRole('listbox', { name: 'Colleagues' }).waitFor();
    },
  },
  { name: 'ticket-files', path: ({ own }) => `/tickets/${own}`, as: 'coordinator', ready: 'ticket' },
  {
    name: 'ticket-approve',
    path: ({ fresh }) => `/tickets/${fresh}`,
    as: 'coordinator',
    ready: 'ticket',
    act: (page) => page.getByRole('button', { name: 'Approve…' }).click(),
  },
  {
    name: 'ticket-sending',
    path: ({ busy }) => `/tickets/${busy}`,
    as: 'coordinator',
    ready: 'ticket',
    act: async (page) => {
      await page.keyboard.press('r');
      await page.keyboard.type('Which port is it in?');
      await page.keyboard.press('Control+Enter');
      await page.getByText(/goes out in \d/).waitFor();
    },
  },
  {
    name: 'ticket-add-person',
    path: ({ busy }) => `/tickets/${busy}`,
    as: 'coordinator',
    ready: 'ticket',
    act: async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').getByRole('combobox').waitFor();
      await page.keyboard.type('add somebody');
      await page.keyboard.press('Enter');
      await page.getByRole('dialog', { name: 'Who is to take part?' }).waitFor();
    },
  },
  {
    name: 'ticket-later',
    path: ({ fresh }) => `/tickets/${fresh}`,
    as: 'coordinator',
    ready: 'ticket',
    act: async (page) => {
      await page.keyboard.press('r');
      await page.keyboard.type('It comes on Monday.');
      await page.getByRole('button', { name: 'Other ways to send' }).click();
      await page.getByRole('menuitem', { name: 'Send later…' }).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  { name: 'new-ticket-staff', path: at('/tickets/new'), as: 'coordinator', ready: 'new-ticket' },
  {
    name: 'palette',
    path: at('/tickets'),
    as: 'coordinator',
    ready: 'queue',
    act: async (page) => {
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox').waitFor();
    },
  },
  {
    name: 'keys',
    path: at('/tickets'),
    as: 'coordinator',
    ready: 'queue',
    act: (page) => page.keyboard.press('?'),
  },
  {
    name: 'articles-found',
    path: at('/articles'),
    as: 'coordinator',
    ready: 'articles',
    act: async (page) => {
      await page.getByRole('searchbox').fill('router');
      await page.locator('mark').first().waitFor();
    },
  },
  { name: 'articles-staff', path: at('/articles'), as: 'coordinator', ready: 'articles' },
  {
    name: 'article-staff',
    path: ({ article }) => `/articles/${article}`,
    as: 'coordinator',
    ready: 'article',
    act: (page) => page.getByText('Version 1').click(),
  },
  {
    name: 'article-edit',
    path: ({ article }) => `/articles/${article}`,
    as: 'coordinator',
    ready: 'article',
    act: async (page) => {
      await page.getByRole('button', { name: 'Edit', exact: true }).click();
      await page.getByRole('button', { name: 'Preview' }).click();
      await page.getByRole('heading', { name: 'Preview' }).waitFor();
    },
  },
  { name: 'new-article', path: at('/articles/new'), as: 'coordinator', ready: 'new-article' },
  { name: 'dashboard', path: at('/dashboard'), as: 'coordinator', ready: 'dashboard' },
  { name: 'local-mail', path: at('/local-mail'), as: 'coordinator', ready: 'local-mail' },
  ...account('coordinator', ['api-keys']),

  {
    name: 'dashboard-tables',
    path: at('/dashboard?days=7'),
    as: 'admin',
    ready: 'dashboard',
    act: async (page) => {
      for (const words of await page.getByText('Show as table').all()) await words.click();
    },
  },
  { name: 'dashboard-admin', path: at('/dashboard'), as: 'admin', ready: 'dashboard' },
  { name: 'employees', path: at('/employees'), as: 'admin', ready: 'employees' },
  { name: 'employee', path: ({ person }) => `/employees/${person}`, as: 'admin', ready: 'employee' },
  {
    name: 'new-employee',
    path: at('/employees'),
    as: 'admin',
    ready: 'employees',
    act: (page) => page.getByRole('button', { name: 'Add employee' }).click(),
  },
  { name: 'held-back', path: ({ held }) => `/held-back/${held}`, as: 'admin', ready: 'held-back' },
  { name: 'held-back-list', path: at('/held-back'), as: 'admin', ready: 'held-back' },
  { name: 'ledger', path: at('/ledger'), as: 'admin', ready: 'ledger' },
  { name: 'ledger-mail', path: ({ mail }) => `/ledger/${mail}`, as: 'admin', ready: 'ledger' },
  { name: 'mailboxes', path: at('/mailboxes'), as: 'admin', ready: 'mailboxes' },
  { name: 'mailbox', path: ({ mailbox }) => `/mailboxes/${mailbox}`, as: 'admin', ready: 'mailbox' },
  {
    name: 'mailbox-doctor',
    path: ({ mailbox }) => `/mailboxes/${mailbox}`,
    as: 'admin',
    ready: 'mailbox',
    act: async (page) => {
      await page.getByRole('button', { name: 'Check now' }).click();
      await page.getByText(/need(s)? a look/).waitFor();
    },
  },
  { name: 'new-mailbox', path: at('/mailboxes/new'), as: 'admin', ready: 'new-mailbox' },
  {
    name: 'new-mailbox-faults',
    path: at('/mailboxes/new'),
    as: 'admin',
    ready: 'new-mailbox',
    act: async (page) => {
      await page.getByLabel('Read from').selectOption('gmail');
      await page.getByLabel('Sends by').selectOption('smtp');
      await page.getByRole('button', { name: 'Add mailbox' }).click();
      await page.getByText('Fill this in').first().waitFor();
    },
  },
  { name: 'mail-texts', path: at('/mail-texts'), as: 'admin', ready: 'mail-texts' },
  { name: 'mail-text', path: at('/mail-texts/rejected'), as: 'admin', ready: 'mail-texts' },
  {
    name: 'mail-text-preview',
    path: at('/mail-texts/ticket-received'),
    as: 'admin',
    ready: 'mail-texts',
    act: async (page) => {
      await page.getByText('What may be used').click();
      await page.getByRole('button', { name: 'Preview' }).click();
      await page.locator('iframe').waitFor();
    },
  },
  { name: 'settings', path: at('/settings'), as: 'admin', ready: 'settings' },
  { name: 'departments', path: at('/settings/departments'), as: 'admin', ready: 'settings' },
  { name: 'categories', path: at('/settings/categories'), as: 'admin', ready: 'settings' },
  { name: 'health', path: at('/health'), as: 'admin', ready: 'health' },
  { name: 'audit', path: at('/audit'), as: 'admin', ready: 'audit' },
];

/** `PAGES=mailbox npm run screenshots`: only those whose name fits, for whoever works on them. */
export const PAGES = EVERY.filter(({ name }) => new RegExp(process.env['PAGES'] ?? '').test(name));
