import { describe, expect, it } from 'vitest';
import { pathTo, placeOf, returnPath } from '../../web/lib/routes.ts';

describe('addresses of the portal', () => {
  it.each([
    ['/', '', { page: 'home' }],
    ['/tickets', '', { page: 'tickets', view: 'open', asked: {} }],
    ['/tickets/', '?view=mine', { page: 'tickets', view: 'mine', asked: {} }],
    ['/tickets', '?view=nonsense', { page: 'tickets', view: 'open', asked: {} }],
    ['/tickets/new', '', { page: 'new-ticket' }],
    ['/tickets/418', '', { page: 'ticket', id: 418 }],
    ['/tickets/0', '', { page: 'not-found' }],
    ['/tickets/418x', '', { page: 'not-found' }],
    ['/tickets/99999999999999999999', '', { page: 'not-found' }],
    ['/tickets/9007199254740993', '', { page: 'not-found' }],
    ['/tickets/1/2', '', { page: 'not-found' }],
    ['/t/TX0418', '', { page: 'ticket-number', number: 'TX0418' }],
    ['/t/TX10418/', '', { page: 'ticket-number', number: 'TX10418' }],
    ['/t/418', '', { page: 'not-found' }],
    ['/t', '', { page: 'not-found' }],
    ['/articles', '', { page: 'articles' }],
    ['/articles/7', '', { page: 'article', id: 7 }],
    ['/articles/new', '', { page: 'new-article' }],
    ['/articles/7/edit', '', { page: 'not-found' }],
    ['/local-mail', '', { page: 'local-mail', id: null }],
    ['/local-mail/7', '', { page: 'local-mail', id: 7 }],
    ['/forgot', '', { page: 'ask-link', purpose: 'reset-password' }],
    ['/sign-in-link', '', { page: 'ask-link', purpose: 'sign-in' }],
    ['/register', '', { page: 'register' }],
    ['/link/confirm-email', '', { page: 'link', purpose: 'confirm-email' }],
    ['/link/nonsense', '', { page: 'not-found' }],
    ['/link', '', { page: 'not-found' }],
    ['/status', '', { page: 'status', answer: null }],
    ['/status', '?answer=no', { page: 'status', answer: 'no' }],
    ['/status', '?answer=perhaps', { page: 'status', answer: null }],
    ['/register/me', '', { page: 'not-found' }],
    ['/elsewhere', '', { page: 'not-found' }],
    ['/account', '', { page: 'account', part: 'profile' }],
    ['/account/security', '', { page: 'account', part: 'security' }],
    ['/account/profile', '', { page: 'not-found' }],
    ['/account/nonsense', '', { page: 'not-found' }],
    ['/employees', '', { page: 'employees' }],
    ['/employees/7', '', { page: 'employee', id: 7 }],
    ['/held-back', '', { page: 'held-back', id: null }],
    ['/held-back/7', '', { page: 'held-back', id: 7 }],
    ['/held-back', '?mailbox=3', { page: 'held-back', id: null, mailbox: 3 }],
    ['/mailboxes', '', { page: 'mailboxes' }],
    ['/mailboxes/new', '', { page: 'new-mailbox' }],
    ['/mailboxes/3', '?consent=given', { page: 'mailbox', id: 3 }],
    ['/ledger/x', '', { page: 'not-found' }],
    ['/settings', '', { page: 'settings', part: 'general' }],
    ['/settings/categories', '', { page: 'settings', part: 'categories' }],
    ['/dashboard', '', { page: 'dashboard', range: { days: '30' } }],
    ['/dashboard', '?days=7', { page: 'dashboard', range: { days: '7' } }],
    ['/dashboard', '?days=8&from=2026-11-10&to=2026-11-09', { page: 'dashboard', range: { days: '30' } }],
    [
      '/dashboard',
      '?from=2026-11-09&to=2026-11-10',
      { page: 'dashboard', range: { from: '2026-11-09', to: '2026-11-10' } },
    ],
    ['/dashboard/1', '', { page: 'not-found' }],
    ['/health', '', { page: 'health' }],
    ['/audit', '', { page: 'audit' }],
    ['/audit/1', '', { page: 'not-found' }],
  ])('%s%s is a place', (path, search, place) => expect(placeOf(path, search)).toEqual(place));

  it('signing in leads back to the page that asked', () => {
    const [path = '', search] = pathTo.signIn('/tickets/4?view=x').split(/(?=\?)/);
    expect(placeOf(path, search)).toEqual({ page: 'sign-in', to: '/tickets/4?view=x', again: false });
  });

  it.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '',
    null,
    '/sign-in?to=/x',
    '/\t/evil.example',
  ])('signing in never leads to %j', (to) => expect(returnPath(to)).toBe('/'));
});
