import { describe, expect, test } from 'vitest';
import { MAIL_TEMPLATE_NAMES } from '../../../src/mail/outbound/mail-template.ts';
import { loadTemplates } from '../../../src/mail/outbound/render-template.ts';
import { checkTemplate, LONGEST } from '../../../src/mail/outbound/template/check-template.ts';
import { PARTS, type Part } from '../../../src/mail/outbound/template/refusal.ts';
import { aView } from './view.ts';

const END = '{{ticket.url}}';
/** What is wrong with a text of a mail about a ticket, beside its link, as line:column. */
function refusals(part: Part, source: string): string[] {
  const whole = part === 'text' ? `${source}\n${END}` : source;
  return checkTemplate('status-changed', part, whole).map(({ line, column }) => `${line}:${column}`);
}

describe('T23: a text of an admin is refused, with line and column,', () => {
  test.each<[what: string, source: string]>([
    ['raw output by three braces', '{{{ticket.subject}}}'],
    ['raw output by three braces and a space', '{{{ ticket.subject }}}'],
    ['raw output by &', '{{&ticket.subject}}'],
    ['raw output by & and ~', '{{~& ticket.subject}}'],
    ['a raw block', '{{{{if ticket.subject}}}}x{{{{/if}}}}'],
    ['a partial', '{{> words}}'],
    ['a partial with ~', '{{~> words}}'],
    ['a dynamic partial', '{{> (lookup ticket "subject")}}'],
    ['a partial block', '{{#> mail}}x{{/mail}}'],
    ['an inline partial', '{{#*inline "x"}}x{{/inline}}'],
    ['a decorator', '{{* x}}'],
    ['a block of another name', '{{#with ticket}}x{{/with}}'],
    ['unless', '{{#unless ticket.subject}}x{{/unless}}'],
    ['an inverted block', '{{^ticket.subject}}x{{/ticket.subject}}'],
    ['a section by its name', '{{#ticket}}x{{/ticket}}'],
    ['a helper', '{{lookup ticket "subject"}}'],
    ['log', '{{log "x"}}'],
    ['a helper in an if', '{{#if (lookup ticket "subject")}}x{{/if}}'],
    ['a named argument', '{{ticket.subject a=1}}'],
    ['a second argument', '{{#if ticket.subject includeZero=true}}x{{/if}}'],
    ['names for what is gone through', '{{#each file_names as |x|}}{{x}}{{/each}}'],
    ['a comment', '{{! ticket.subject }}'],
    ['a long comment', '{{!-- {{ticket.subject}} --}}'],
    ['a backslash', '\\{{ticket.subject}}'],
    ['the prototype', '{{ticket.__proto__}}'],
    ['the constructor', '{{ticket.constructor}}'],
    ['the constructor of all', '{{constructor}}'],
    ['a method of all objects', '{{ticket.toString}}'],
    ['the prototype by brackets', '{{ticket.[__proto__]}}'],
    ['a known name by brackets', '{{[ticket].subject}}'],
    ['what is above', '{{../ticket.subject}}'],
    ['what Handlebars knows itself', '{{@root.ticket.subject}}'],
    ['this', '{{this}}'],
    ['this and a name', '{{this.ticket}}'],
    ['a slash for a point', '{{ticket/subject}}'],
    ['a text in quotes', '{{"ticket"}}'],
    ['a number', '{{1}}'],
    ['true', '{{true}}'],
    ['undefined', '{{undefined}}'],
    ['nothing', '{{}}'],
    ['an unknown name', '{{ticket.password}}'],
    ['a name of another mail', '{{link.url}}'],
    ['an object', '{{ticket}}'],
    ['a flag as text', '{{becomes.open}}'],
    ['each over no list', '{{#each ticket.subject}}x{{/each}}'],
    ['if over an unknown name', '{{#if ticket.password}}x{{/if}}'],
    ['else if over an unknown name', '{{#if ticket.subject}}x{{else if ticket.password}}y{{/if}}'],
    ['braces that do not end', '{{ticket.subject'],
    ['a block that does not end', '{{#if ticket.subject}}x'],
    ['an end without a block', 'x{{/if}}'],
    ['a block that ends with another name', '{{#if ticket.subject}}x{{/each}}'],
  ])('T23: %s', (_, source) => {
    for (const part of ['subject', 'text'] as const) expect(refusals(part, source)).not.toEqual([]);
    expect(refusals('html', `<p>${source}</p><footer></footer>`)).not.toEqual([]);
  });

  test('T23: where it is, and what may stand there instead', () => {
    const [first, ...more] = checkTemplate('status-changed', 'text', `Hello,\n\nyour {{ticket.pasword}}\n${END}`);
    expect(first).toMatchObject({ part: 'text', line: 3, column: 6 });
    expect(first?.allowed).toContain('{{ticket.number}}');
    expect(more).toEqual([]);
    expect(refusals('text', 'a {{{b}}}\n {{> c}} {{ticket.subject}}')).toEqual(['1:3', '2:2']);
    expect(refusals('text', '{{#if ticket.subject}}\n{{#if ticket.number}}x{{/each}}\n{{/if}}')).toEqual(['2:1']);
  });

  test.each<[what: string, html: string]>([
    ['a script', '<script>alert(1)</script>'],
    ['a style sheet', '<style>p{display:none}</style>'],
    ['a picture from elsewhere', '<p><img src="https://tracker.example/x.gif"></p>'],
    ['a frame', '<iframe src="https://x.example"></iframe>'],
    ['a form', '<form action="https://x.example"><input name="password"></form>'],
    ['a style', '<p style="display:none">x</p>'],
    ['something that runs', '<p onclick="alert(1)">x</p>'],
    ['another class', '<p class="btn">x</p>'],
    ['a link that runs', '<p><a href="javascript:alert(1)">x</a></p>'],
    ['a link that runs, in disguise', '<p><a href="java&#115;cript:alert(1)">x</a></p>'],
    ['a link to a text that others write', '<p><a href="{{ticket.subject}}">x</a></p>'],
    ['a link made of a text that others write', '<p><a href="https://x.example/{{ticket.subject}}">x</a></p>'],
    ['a link with more than one target', '<p><a href="{{ticket.url}}{{ticket.url}}">x</a></p>'],
    ['a link without quotes', '<p><a href={{ticket.url}}>x</a></p>'],
    ['a variable in a tag', '<p {{ticket.subject}}>x</p>'],
    ['a block in a tag', '<p {{#if ticket.subject}}class="quiet"{{/if}}>x</p>'],
    ['a variable for a tag', '<{{ticket.subject}}>'],
    ['a comment', '<p>x<!-- y --></p>'],
    ['a tag that does not end', '<p>x</p><p'],
    ['a tag that is not closed', '<p><b>x</p>'],
    ['a tag closed twice', '<p>x</p></p>'],
    ['a tag that a block opens', '{{#if ticket.subject}}<p>{{/if}}x</p>'],
    ['a tag that a block closes', '<p>{{#if ticket.subject}}x</p>{{/if}}'],
    ['paragraphs in a paragraph', '<p>{{comment.words}}</p>'],
    ['words outside of a paragraph', 'x'],
    ['a variable outside of a paragraph', '{{ticket.subject}}'],
    ['a list item without a list', '<li>x</li>'],
    ['a link in a link', '<p><a href="https://x.example"><a href="https://y.example">x</a></a></p>'],
    ['a footer in a block', '{{#if ticket.subject}}<footer>x</footer>{{/if}}'],
    ['something below the footer', '<footer>x</footer><p>y</p>'],
  ])('T23: html with %s', (_, html) => {
    const found = checkTemplate(
      'status-changed',
      'html',
      `<a class="button" href="{{ticket.url}}">x</a>${html}<footer></footer>`,
    );
    expect(found).not.toEqual([]);
  });

  test.each<[part: Part, source: string]>([
    ['subject', 'x'.repeat(LONGEST.subject + 1)],
    ['text', 'x'.repeat(LONGEST.text + 1)],
    ['html', `<p>${'x'.repeat(LONGEST.html)}</p>`],
    ['text', '{{#if ticket.subject}}'.repeat(6) + 'x' + '{{/if}}'.repeat(6)],
    ['text', ' \n '],
    ['subject', 'a\nb'],
    ['subject', '{{ticket.url}}'],
  ])('T23: a %s that is too long, too deep, empty or of the wrong shape', (part, source) => {
    expect(checkTemplate('status-changed', part, source)).toHaveLength(1);
  });

  test('T23: blocks by the thousand are refused at once', () => {
    const many = Math.floor(LONGEST.text / 29);
    const source = `${'{{#if ticket.subject}}'.repeat(many)}${'{{/if}}'.repeat(many)}`;
    expect(refusals('text', source)).not.toEqual([]);
  });

  test('T23: an object instead of a text, which Handlebars would take for one that is parsed', () => {
    const parsed = { type: 'Program', body: [] } as unknown as string;
    expect(checkTemplate('status-changed', 'text', parsed)).toHaveLength(1);
  });

  test('T23: a mail without what it is sent for', () => {
    const messages = checkTemplate('reset-password', 'text', 'Choose a new password.').map(({ message }) => message);
    expect(messages).toEqual(['The mail is of no use without {{link.url}}']);
  });

  test('T07: a receipt with what a stranger wrote', () => {
    for (const name of ['ticket.subject', 'comment.words', 'comment.preview', 'file_names', 'actor.name'])
      expect(checkTemplate('ticket-received', 'text', `{{${name}}} ${END}`)).toHaveLength(1);
  });
});

test('T23: whatever an admin’s text holds between braces, no value of a ticket becomes html', async () => {
  const templates = await loadTemplates();
  const evil = '<img src=x onerror=alert(1)>{{constructor.constructor "x"}}';
  const view = aView({ ticket: { ...aView().ticket, subject: evil, url: 'javascript:alert(1)' } });
  const html = `<p>{{ticket.subject}}</p><p><a href="{{ticket.url}}">x</a></p><footer>x</footer>`;
  const own = { locale: 'en', subject: null, text: null, html };
  const sent = templates.render('status-changed', 'en', view, [own]).html;
  expect(sent).toContain('&lt;img src&#x3D;x onerror&#x3D;alert(1)&gt;{{constructor.constructor');
  expect(sent).not.toContain('<img');
  expect(sent).not.toContain('javascript:');
});

test('a text with if, else, each and every tag is taken', () => {
  const html = `<preheader>{{counts.open}}</preheader>
<h1>Open: {{counts.open}}</h1>
{{#if unattended}}
<ul>
{{#each unattended}}
<li><a href="{{link}}">{{number}}</a>{{#if subject}}, <b>{{subject}}</b>{{else}}<br>none{{/if}}</li>
{{/each}}
</ul>
{{else if unverified}}
<p class="quiet">a &lt; b, <i>really</i></p>
{{else}}
<dl><dt>Yours</dt><dd>{{counts.mine}}</dd></dl>
{{/if}}
<a class="button" href="{{queue}}">Open</a>
<footer><a href="{{unsubscribe}}">Stop</a>, <a href="https://help.example/">help</a></footer>`;
  expect(checkTemplate('digest', 'html', html)).toEqual([]);
});

test('our own texts are written by the same rules, in every language', async () => {
  const templates = await loadTemplates();
  for (const locale of templates.locales)
    for (const name of MAIL_TEMPLATE_NAMES)
      for (const part of PARTS) {
        const source = templates.textOf(name, locale)?.[part] ?? '';
        expect(checkTemplate(name, part, source), `${locale} ${name} ${part}`).toEqual([]);
      }
});
