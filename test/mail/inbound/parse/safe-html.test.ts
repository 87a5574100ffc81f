import { describe, expect, test } from 'vitest';
import { textHtml } from '../../../../src/mail/inbound/parse/mime/text-html.ts';
import { safeHtml } from '../../../../src/mail/inbound/parse/safe-html.ts';

describe('what an allowlist leaves of hostile html (T10, T11, T26)', () => {
  test.each([
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java\nscript:alert(1)">x</a>',
    '<a href="data:text/html,<script>1</script>">x</a>',
    '<iframe src="https://evil.test"></iframe>',
    '<object data="https://evil.test"></object><embed src="https://evil.test">',
    '<form action="https://evil.test"><input name=a><button>go</button></form>',
    '<svg onload=alert(1)><image href="https://evil.test/x"/></svg>',
    '<math><mtext></table><mglyph><style><img src=x onerror=alert(1)></math>',
    '<style>@import url(https://evil.test)</style>',
    '<link rel=stylesheet href="https://evil.test">',
    '<base href="https://evil.test"><meta http-equiv=refresh content="0;url=https://evil.test">',
    '<div style="position:fixed;top:0">x</div>',
    '<div style="background:url(https://evil.test/x)">x</div>',
    '<div style="width:expression(alert(1))">x</div>',
    '<table background="https://evil.test/x"><tr><td background="https://evil.test/y">x</td></tr></table>',
    '<video poster="https://evil.test/x"><source src="https://evil.test/y"></video>',
    '<img srcset="https://evil.test/x 2x">',
    '<p id="app" class="admin" name="x">x</p>',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
  ])('%s', (html) => {
    const safe = safeHtml(html).replaceAll(/data-blocked-src="[^"]*"/g, '');
    expect(safe).not.toMatch(
      /<(?:script|iframe|object|embed|form|input|svg|math|style|link|base|meta|video|source)|\son\w+=|javascript:|data:|evil\.test|position|expression|url\(|\s(?:id|class)=/i,
    );
  });
});

test('a remote image is named but not loaded; an image of the message stays', () => {
  expect(safeHtml('<img src="//track.test/p.gif" alt="x">')).toBe(
    '<img alt="x" data-blocked-src="//track.test/p.gif" />',
  );
  expect(safeHtml('<img src="cid:a@b">')).toBe('<img src="cid:a@b" />');
});

test('a sender cannot mark his own image as blocked', () => {
  expect(safeHtml('<img data-blocked-src="https://evil.test/x" src="cid:a">')).toBe('<img src="cid:a" />');
});

test('the looks of an ordinary mail survive', () => {
  const html =
    '<p style="color:#333;font-weight:bold">Hi <i>there</i></p><ul><li>one</li></ul><table border="1"><tr><td>1</td></tr></table>';
  expect(safeHtml(html)).toBe(html);
});

describe('T27: a link shows where it leads when its words promise another place', () => {
  const link = (href: string, words: string) =>
    safeHtml(`<a href="${href}">${words}</a>`).replace(/ rel=.*?"_blank"/, '');

  test.each([
    ['https://evil.test/login', 'https://bank.test', 'evil.test'],
    ['https://evil.test/login', 'www.bank.test/account', 'evil.test'],
    ['https://evil.test/login', '<b>bank</b>.test', 'evil.test'],
    ['https://bank.test.evil.test/', 'bank.test', 'bank.test.evil.test'],
    ['https://bank.test@evil.test/', 'https://bank.test', 'evil.test'],
    ['http://xn--bnk-sna.test/', 'bank.test', 'xn--bnk-sna.test'],
  ])('%s under the words %s', (href, words, host) => {
    expect(link(href, words)).toContain(` [${host}]</a>`);
  });

  test.each([
    ['https://bank.test/login', 'https://bank.test'],
    ['https://www.bank.test/login', 'bank.test'],
    ['https://bücher.test/', 'bücher.test'],
    ['https://evil.test/', 'Read more'],
    ['https://evil.test/', 'Version 2.0 is out'],
    ['mailto:a@evil.test', 'bank.test'],
    ['https://evil.test/', 'see bank.test'],
  ])('and nothing is added to %s under the words %s', (href, words) => {
    expect(link(href, words)).not.toContain('[');
  });

  test('links within links and links that are never closed do not confuse it', () => {
    const html = safeHtml(
      '<a href="https://a.test">a.test<a href="https://b.test">c.test<p><a href="https://d.test">x',
    );
    expect(html.match(/\[[^\]]*\]/g)).toEqual(['[b.test]']);
  });
});

test.each([
  ['http://example.com/a', 'href="http://example.com/a"'],
  ['HTTPS://EXAMPLE.COM/A', 'href="https://example.com/A"'],
  ['mailto:anna@example.com', 'href="mailto:anna@example.com"'],
  ['anna@example.com', 'href="mailto:anna@example.com"'],
  ['www.example.com', 'href="http://www.example.com/"'],
  ['https://example.com/?a="><script>', 'href="https://example.com/?a="'],
  ["https://example.com/'onclick='x", 'href="https://example.com/&#39;onclick=&#39;x"'],
  ['https://example.com/\u202egpj.exe', 'href="https://example.com/"'],
])('plain text: %j becomes a link that is safe', (text, href) => {
  const html = textHtml(text);
  expect(html).toContain(`<a ${href} rel="noopener noreferrer nofollow" target="_blank">`);
  expect(sameQuotes(safeHtml(html))).toBe(sameQuotes(html));
});

test.each([
  'javascript:alert(1)',
  'data:text/html,x',
  'file:///etc/passwd',
  'ftp://a.test/',
  'vbscript:x',
  'http:///',
  'a@b',
  '@',
  'x@y.',
])('plain text: %j becomes no link', (text) => expect(textHtml(text)).not.toContain('<a'));

/** The allowlist writes quotes in its own way. */
function sameQuotes(html: string): string {
  return html.replaceAll(/&quot;|&#39;|"/g, "'");
}
