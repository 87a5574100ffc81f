/** Pages that are fetched when they are first wanted, so that the first one is there soon. */
export const lazyPages = {
  localMail: () => import('../pages/LocalMail.svelte'),
  account: () => import('../pages/Account.svelte'),
  enrolment: () => import('../pages/Enrolment.svelte'),
  employees: () => import('../pages/Employees.svelte'),
  employee: () => import('../pages/Employee.svelte'),
  heldBack: () => import('../pages/HeldBack.svelte'),
  ledger: () => import('../pages/Ledger.svelte'),
  mailboxes: () => import('../pages/Mailboxes.svelte'),
  mailbox: () => import('../pages/Mailbox.svelte'),
  newMailbox: () => import('../pages/NewMailbox.svelte'),
  mailTexts: () => import('../pages/MailTexts.svelte'),
  settings: () => import('../pages/Settings.svelte'),
  audit: () => import('../pages/Audit.svelte'),
  confirmSignIn: () => import('../components/ConfirmSignIn.svelte'),
  status: () => import('../pages/Status.svelte'),
  palette: () => import('../components/Palette.svelte'),
};
