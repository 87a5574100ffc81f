/**
 * What an html element says about quotation: `quote` adds a level, `marked` adds one that surely repeats an older
 * message, `rest` says that all behind it does, `rule` is a drawn line above a printed header, `signature` is what the
 * client puts below every mail.
 */
export type Container = 'quote' | 'marked' | 'rest' | 'rule' | 'signature' | null;

type Says = Exclude<Container, null>;

/** Classes, ids and names of the elements that mail clients put around or above what they quote. Lower case. */
const CONTAINERS: Readonly<Record<'class' | 'id' | 'name', Readonly<Record<string, Says>>>> = {
  class: {
    gmail_quote: 'marked',
    gmail_quote_container: 'marked',
    yahoo_quoted: 'marked',
    protonmail_quote: 'marked',
    tutanota_quote: 'marked',
    zmail_extra: 'marked',
    'moz-forward-container': 'marked',
    appleoriginalcontents: 'marked',
    mcntmcntquote: 'marked',
    'nylas-quote': 'marked',
    'sh-quoted-content': 'marked',
    'front-blockquote': 'marked',
    'frontapp-blockquote': 'marked',
    missive_quote: 'marked',
    freshdesk_quote: 'marked',
    bloop_original_html: 'marked',
    outlookmessageheader: 'rest',
    fsnotifreplyabove: 'rest',
    gmail_signature: 'signature',
    'moz-signature': 'signature',
    protonmail_signature_block: 'signature',
    'yahoo-signature': 'signature',
    bloop_sign: 'signature',
    mb_sig: 'signature',
    'k9mail-signature': 'signature',
    '-x-evo-signature': 'signature',
    'front-signature': 'signature',
  },
  id: {
    yahoo_quoted: 'marked',
    olk_src_body_section: 'marked',
    'mail-editor-reference-message-container': 'marked',
    mailcontainer_quote: 'marked',
    isreplycontent: 'marked',
    _originalcontent: 'marked',
    quoted_header: 'rest',
    divrplyfwdmsg: 'rest',
    appendonsend: 'rest',
    stopspelling: 'rest',
    zwchr: 'rest',
    'reply-intro': 'rest',
    replysplit: 'rest',
    'ms-outlook-mobile-body-separator-line': 'rule',
    signature: 'signature',
    'ms-outlook-mobile-signature': 'signature',
    applemailsignature: 'signature',
    linebreakatbeginningofsignature: 'signature',
    composer_signature: 'signature',
    _rc_sig: 'signature',
    canarysig: 'signature',
  },
  name: {
    quote: 'marked',
    messagereplysection: 'marked',
    messagesignaturesection: 'signature',
  },
};
const BY_CLASS = new Map(Object.entries(CONTAINERS.class));
const BY_ID = new Map(Object.entries(CONTAINERS.id));
const BY_NAME = new Map(Object.entries(CONTAINERS.name));
const MAX_ATTRIBUTE = 2000;

/** What the table says of an element, by its id, class, name or style. */
export function quoteContainer(name: string, attributes: Record<string, string>, depth: number): Container {
  const byId = attributes['id'] === undefined ? undefined : BY_ID.get(plain(attributes['id']));
  if (byId) return byId;
  const named = attributes['class']?.slice(0, MAX_ATTRIBUTE).split(/\s+/);
  const classes = named === undefined ? [] : named.map(plain);
  // Gmail uses the class on bare blockquotes for citations too: only its div is surely the older message.
  if (name === 'blockquote') return classes.includes('gmail_quote') && depth === 0 ? null : 'quote';
  for (const word of classes) {
    const byClass = BY_CLASS.get(word);
    if (byClass) return byClass;
  }
  if (name === 'signature') return 'signature';
  if (name === 'div' && attributes['name'] !== undefined) return BY_NAME.get(plain(attributes['name'])) ?? null;
  return isOutlookBorder(name, attributes['style']) ? 'rule' : null;
}

/** Outlook, Hotmail and Yahoo prefix the ids and classes of what they copy from a foreign message. */
function plain(word: string): string {
  return word
    .slice(0, MAX_ATTRIBUTE)
    .toLowerCase()
    .replace(/^(?:x_|ecx|ydp[0-9a-f]{1,10}(?=yahoo)|yiv\d{1,12})+/, '')
    .replace(/^(yahoo_quoted|bloop_sign|divrplyfwdmsg)[_-]?\d*$/, '$1');
}

/** `border:none; border-top:solid #E1E1E1 1.0pt` on a div: the line above Outlook's printed header. */
function isOutlookBorder(name: string, style: string | undefined): boolean {
  if (name !== 'div' || style === undefined) return false;
  const css = style.slice(0, MAX_ATTRIBUTE).toLowerCase();
  return css.includes('border-top') && css.includes('solid');
}

const HINTS = new RegExp(
  [
    'blockquote',
    'border-top',
    'name="?quote',
    'messagereplysection',
    ...[...BY_ID, ...BY_CLASS].flatMap(([word, says]) => (says === 'signature' ? [] : [word])),
  ].join('|'),
  'i',
);

/** Whether html could say more about quotation than its text does. Cheap: most mail is not walked a second time. */
export function hintsAtQuotation(html: string): boolean {
  return HINTS.test(html);
}
