/**
 * Mails that a person may do without, by the name of the switch: the templates it stops. Answers, and news of their own account, always come.
 * Browser-safe: imports nothing.
 */
export const MAIL_SWITCHES = {
  mail_receipts: ['ticket-received'],
  mail_status_changes: ['status-changed', 'closed', 'withdrawn'],
  mail_new_tickets: ['new-ticket'],
  mail_new_comments: ['new-comment-for-staff'],
  mail_assignments: ['assigned'],
  mail_mentions: ['mentioned'],
  mail_watched: ['watched'],
  mail_digest: ['digest'],
} as const satisfies Record<string, readonly string[]>;
export type MailSwitch = keyof typeof MAIL_SWITCHES;

/** What a person has chosen; a switch that is not there is on. */
export type Preferences = { [Name in MailSwitch]?: boolean | undefined };

/** Every switch, as it is for a person. */
export function allSwitches(chosen: Preferences): Record<MailSwitch, boolean> {
  const names = Object.keys(MAIL_SWITCHES) as MailSwitch[];
  return Object.fromEntries(names.map((name) => [name, chosen[name] !== false])) as Record<MailSwitch, boolean>;
}

/** Whether a person has switched off the mails made by a template. */
export function hasSwitchedOff(chosen: Preferences, template: string): boolean {
  return (Object.keys(MAIL_SWITCHES) as MailSwitch[]).some(
    (name) => (MAIL_SWITCHES[name] as readonly string[]).includes(template) && chosen[name] === false,
  );
}
