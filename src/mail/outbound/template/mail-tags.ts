/** Fonts that are there; web fonts would be fetched. */
const FONT = "font-family:-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',Arial,sans-serif";
const TABLE = '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"';
const GAP = `${TABLE}><tr><td height="20" style="height:20px;line-height:20px;font-size:0;">&nbsp;</td></tr></table>`;
const CELL = `border-top:1px solid #e7e5df;${FONT};font-size:14px;line-height:21px`;
/** Keeps the line that a list of mails shows from being filled up with what comes after it. */
const FILLER = '&#847;&zwnj;&nbsp;'.repeat(8);

/**
 * What each tag of a mail text becomes: styles stand in every tag, because mail clients drop style sheets, and what has a shape is a table,
 * because Outlook knows nothing else. The classes are for dark mode.
 */
const TAGS: readonly (readonly [written: RegExp, sent: string])[] = [
  [/<preheader>/g, '<div style="display:none;max-height:0;overflow:hidden;mso-hide:all;">'],
  [/<\/preheader>/g, `${FILLER}</div>`],
  [
    /<h1>/g,
    `<h1 class="ink" style="margin:0 0 16px;${FONT};font-size:22px;line-height:29px;font-weight:bold;color:#1e1d1a;">`,
  ],
  [/<p>/g, `<p class="ink" style="margin:0 0 16px;${FONT};font-size:16px;line-height:25px;color:#1e1d1a;">`],
  [
    /<p class="quiet">/g,
    `<p class="soft" style="margin:0 0 16px;${FONT};font-size:14px;line-height:21px;color:#504e48;">`,
  ],
  [
    /<(ul|ol)>/g,
    `<$1 class="ink" style="margin:0 0 16px;padding:0 0 0 24px;${FONT};font-size:16px;line-height:25px;color:#1e1d1a;">`,
  ],
  [/<dl>/g, `${TABLE} style="border-collapse:collapse;">`],
  [/<\/dl>/g, '</table>'],
  [
    /<dt>/g,
    `<tr><td class="soft line" valign="top" width="150" style="padding:9px 12px 9px 0;${CELL};color:#504e48;">`,
  ],
  [/<dd>/g, `<td class="ink line" valign="top" style="padding:9px 0;${CELL};color:#1e1d1a;">`],
  [/<\/dt>/g, '</td>'],
  [/<\/dd>/g, '</td></tr>'],
  [
    /<a class="button" href="([^"]*)">([\s\S]*?)<\/a>/g,
    `${GAP}<table role="presentation" class="full" cellpadding="0" cellspacing="0" border="0" style="border-collapse:separate;"><tr><td class="btn" align="center" bgcolor="#0b626d" style="border-radius:6px;background-color:#0b626d;border:1px solid #0b626d;mso-padding-alt:12px 22px;"><a class="btn-t" href="$1" style="display:inline-block;padding:12px 22px;${FONT};font-size:16px;line-height:20px;font-weight:bold;color:#ffffff;text-decoration:none;">$2</a></td></tr></table>${GAP}`,
  ],
  [/<a href=/g, '<a class="link" style="color:#0b626d;text-decoration:underline;" href='],
  [
    /<footer>/g,
    `</td></tr>\n<tr><td class="pad" align="left" style="padding:20px 40px 0;"><p class="soft" style="margin:0 0 8px;${FONT};font-size:13px;line-height:20px;color:#504e48;">`,
  ],
  [/<\/footer>/g, ''],
];

/** The html of a mail text as mail clients show it. What goes in has passed `checkHtml`. */
export function styleTags(source: string): string {
  return TAGS.reduce((html, [written, sent]) => html.replace(written, sent), source);
}

/**
 * The tags that a mail text may have, and what each may stand in; '' is the sheet itself. `button` is the one link that is a button.
 */
export const WITHIN: Readonly<Record<string, readonly string[]>> = {
  preheader: [''],
  h1: [''],
  p: [''],
  ul: [''],
  ol: [''],
  dl: [''],
  button: [''],
  footer: [''],
  li: ['ul', 'ol'],
  dt: ['dl'],
  dd: ['dl'],
  br: ['h1', 'p', 'li', 'dd', 'footer', 'b', 'i'],
  a: ['h1', 'p', 'li', 'dd', 'footer', 'b', 'i'],
  b: ['h1', 'p', 'li', 'dt', 'dd', 'footer', 'i', 'a'],
  i: ['h1', 'p', 'li', 'dt', 'dd', 'footer', 'b', 'a'],
};

/** The same as people write them. */
export const WRITTEN_TAGS = [
  ...['<preheader>', '<h1>', '<p>', '<p class="quiet">', '<ul>', '<ol>', '<li>', '<dl>', '<dt>', '<dd>'],
  ...['<b>', '<i>', '<br>', '<a href="…">', '<a class="button" href="…">', '<footer>'],
];
