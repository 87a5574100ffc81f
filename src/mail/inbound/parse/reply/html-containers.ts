/**
 * What an html element says about quotation: `quote` adds a level, `marked` adds one that surely repeats an older
 * message, `rest` says that all behind it does, `rule` is a drawn line above a printed header.
 */
export type Container = 'quote' | 'marked' | 'rest' | 'rule' | null;

/** Elements that mail clients put around or above what they quote. `class` matches one class, `prefix` its beginning. */
const CONTAINERS: readonly { id?: string; class?: string; prefix?: string; says: Exclude<Container, null> }[] = [
  { class: 'gmail_quote', says: 'marked' },
  { class: 'gmail_quote_container', says: 'marked' },
  { class: 'yahoo_quoted', says: 'marked' },
  { prefix: 'ydp', class: 'yahoo_quoted', says: 'marked' },
  { class: 'protonmail_quote', says: 'marked' },
  { class: 'tutanota_quote', says: 'marked' },
  { class: 'zmail_extra', says: 'marked' },
  { class: 'moz-forward-container', says: 'marked' },
  { class: 'mcntmcntquote', says: 'marked' },
  { class: 'front-blockquote', says: 'marked' },
  { class: 'frontapp-blockquote', says: 'marked' },
  { class: 'fsnotifreplyabove', says: 'rest' },
  { id: 'olk_src_body_section', says: 'marked' },
  { id: 'mail-editor-reference-message-container', says: 'marked' },
  { id: 'ms-outlook-mobile-body-separator-line', says: 'rule' },
  { id: 'divrplyfwdmsg', says: 'rest' },
  { id: 'appendonsend', says: 'rest' },
  { id: 'reply-intro', says: 'rest' },
  { id: 'replysplit', says: 'rest' },
  { id: 'mailcontainer_quote', says: 'marked' },
];
const BY_ID = new Map(CONTAINERS.flatMap((row) => (row.id === undefined ? [] : [[row.id, row.says] as const])));
const BY_CLASS = new Map(
  CONTAINERS.flatMap((row) => (row.class === undefined ? [] : [[row.class, row.says] as const])),
);
const MAX_ATTRIBUTE = 2000;

/** What the table says of an element, by its id, class or style. */
export function quoteContainer(name: string, attributes: Record<string, string>, depth: number): Container {
  const byId = BY_ID.get(plainId(attributes['id']));
  if (byId) return byId;
  const classes = (attributes['class'] ?? '').slice(0, MAX_ATTRIBUTE).toLowerCase().split(/\s+/);
  // Gmail uses the class on bare blockquotes for citations too: only its div is surely the older message.
  if (name === 'blockquote') return classes.includes('gmail_quote') && depth === 0 ? null : 'quote';
  for (const word of classes) {
    const byClass = BY_CLASS.get(word.replace(/^x_/, ''));
    if (byClass) return byClass;
  }
  return isOutlookBorder(name, attributes['style']) ? 'rule' : null;
}

/** Outlook copies a foreign message with its ids prefixed. */
function plainId(id: string | undefined): string {
  return (id ?? '')
    .slice(0, MAX_ATTRIBUTE)
    .toLowerCase()
    .replace(/^(?:x_)+/, '');
}

/** `border:none; border-top:solid #E1E1E1 1.0pt` on a div: the line above Outlook's printed header. */
function isOutlookBorder(name: string, style: string | undefined): boolean {
  if (name !== 'div' || style === undefined) return false;
  const css = style.slice(0, MAX_ATTRIBUTE).toLowerCase();
  return css.includes('border-top') && css.includes('solid');
}

const HINTS = new RegExp(['blockquote', 'border-top', ...BY_ID.keys(), ...BY_CLASS.keys()].join('|'), 'i');

/** Whether html could say more about quotation than its text does. Cheap: most mail is not walked a second time. */
export function hintsAtQuotation(html: string): boolean {
  return HINTS.test(html);
}
