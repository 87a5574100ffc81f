import type { DeliveryStatus } from '../../inbound-mail.ts';

/** Words above the returned message inside the text of a notice, dashes around them or not. */
const ORIGINAL_ANNOUNCED =
  /^[-=_* ]*(?:below this line is a copy of the message|this is a copy of (?:the|your) message|original message (?:follows|headers?|attached)|unsent message (?:follows|below)|returned message|message (?:text|header|headers|body|contents?) follows?|the header of the original|original message|your original message|included is a copy|undelivered message|copy of (?:the|your) (?:message|mail)|begin(?:ning)? of (?:the )?(?:original|returned) message|header of the message|message header|start of message|headers of the message|original-nachricht|originalnachricht|start of returned message|forwarded message|original mail)/i;
/** How its header begins when nothing stands above it. */
const ORIGINAL_BEGINS = /^(?:received: |return-path: |x-mailer: |mime-version: |delivered-to: |message-id: <)/i;
/** Lines that announce a list of failed addresses. */
const ANNOUNCES: readonly RegExp[] = [
  /(?:following|these|this|those|one or more|folgenden?|suivants?|siguientes?|seguintes?|seguenti?|volgende).{0,60}(?:address|recipient|user|mailbox|account|person|group|empfänger|adress|destinat|geadresseerden)/i,
  /(?:not|n't|unable|failed|failure|could|cannot|impossible|problem|undeliver|return).{0,80}(?:deliver|reach|sent|send|recipient|address|zugestellt|remis|entreg|recapit|bezorgd)/i,
  /did not reach|delivery (?:problems|errors)|failed addresses|permanent (?:fatal )?errors?|transient non-fatal errors|fatal errors|failed addresses|failed recipients|undelivered to|recipients? of the (?:message|mail)|delivery to the following/i,
];
/** RFC 6532: letters of scripts that put blanks between words; in others the words around would be part of it. */
const LETTERS = String.raw`A-Za-z0-9\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}`;
const DOMAIN = String.raw`[${LETTERS}.\-]{1,200}[${LETTERS}](?![${LETTERS}@]|[.\-][${LETTERS}])`;
const ADDRESS = String.raw`(?:[${LETTERS}!#$%&*+\/=?^_\x60\{|\}~.\-][${LETTERS}!#$%&'*+\/=?^_\x60\{|\}~.\-]{0,99}|"[^"\s<>@][^"<>@]{0,60}")@${DOMAIN}`;
/** `bo@a <cy@b>: malformed` and `dda:SMTP=bo@a;`: the address that counts is the inner one. */
const INNER: readonly RegExp[] = [
  new RegExp(String.raw`^\s{1,8}[^\s<>]{1,100}@[^\s<>]{1,100}\s<(${ADDRESS})>`, 'u'),
  new RegExp(String.raw`\b(?:dda|ea|a):smtp[=:]\s?(${ADDRESS})`, 'iu'),
];
/** Ways in which one line names the recipient that failed, the surest first. `$1` is the address. */
const NAMES: readonly RegExp[] = [
  new RegExp(String.raw`^\s{0,8}<(${ADDRESS}|[^\s<>@"]{1,64}@[^\s<>@"]{1,250})>\s*(?::|\(|$)`, 'u'),
  new RegExp(String.raw`^\s{0,8}(?:smtp:|rfc822;\s?)?(${ADDRESS})(?:<mailto:[^>]*>)?\s*(?:[:,;.(\-]|$)`, 'u'),
  new RegExp(String.raw`^\s{0,12}"?\|?<?(${ADDRESS})>?"?(?:\s|:|\.\.\.|$)`, 'u'),
  new RegExp(String.raw`RCPT TO:\s?<?(${ADDRESS})`, 'iu'),
  new RegExp(String.raw`(?:^|[\s>])[45]\d\d[ \-].{0,80}?<(${ADDRESS})>`, 'u'),
  new RegExp(
    String.raw`(?:final-recipient|original-recipient|recipient address|recipient|empfänger|failed address|e-mail address|mailbox|user|rcpt|addressee|intended recipient|addressed to)\s{0,3}[:=]\s{0,6}(?:rfc822;\s?)?<?(${ADDRESS})`,
    'iu',
  ),
  new RegExp(String.raw`(?:^|\s)(?:to|an)\s{0,3}[:=]\s{0,6}<?(${ADDRESS})`, 'iu'),
  new RegExp(
    String.raw`(?:message|mail|e-mail|email|deliver(?:y|ed|ing)?|nachricht|bericht|send|sent)\s(?:(?:it|your|the|this|following|message|mail|has|been|was|be|sent|addressed|could|not|permanently|failed)\s){0,6}(?:to|for|an|aan|à)\s{1,3}(?:the following )?(?:(?:recipient|address|user|account)[s:]{0,2}\s{1,2})?["'<]?(${ADDRESS})`,
    'iu',
  ),
  new RegExp(
    String.raw`\b(?:user|mailbox|account|address|recipient|local user|mailbox for)(?:\s{1,3}|\s{0,3}["'<(]{1,2})(${ADDRESS})`,
    'iu',
  ),
  new RegExp(String.raw`<(${ADDRESS})>`, 'u'),
  new RegExp(String.raw`(${ADDRESS})`, 'u'),
];
/** So many of them say by themselves that it failed. */
const SURE_NAMES = 9;
const ANOTHER = new RegExp(String.raw`^>?\s{0,3}(?:[,;]|and|und|et|y|e|en|og|och|i|и)\s{0,3}<?(${ADDRESS})`, 'u');
/** `<us@a>: Sender address rejected`, below whom it was about. */
const SENDER = /^\s{0,8}<[^<>]{1,300}>:\s{0,4}sender\b/i;
/** Exim and Postfix say what an address was made of. */
const ALIAS = /(?:original address|expanded from|generated from)\s?:?\s{0,4}<?([^\s<>()]{1,100}@[^\s<>()]{1,200})/i;
const LINES_READ = 400;
const LINE_READ = 600;
const LINES_AFTER_ANNOUNCEMENT = 12;
const LINES_OF_DIAGNOSTIC = 6;

/** What a notice without a delivery-status part says in words; `own` are addresses that cannot be the failed ones. */
export function readBounceText(text: string, own: ReadonlySet<string>, delayed: boolean): DeliveryStatus[] {
  const all = text.split('\n', LINES_READ).map((line) => line.slice(0, LINE_READ));
  const human = above(all, (line) => ORIGINAL_ANNOUNCED.test(line) || ORIGINAL_BEGINS.test(line));
  const found = describe(human, own, delayed);
  // Some print the header of what was lost above the addresses.
  return found.length > 0
    ? found
    : describe(
        above(all, (line) => ORIGINAL_ANNOUNCED.test(line)),
        own,
        delayed,
      );
}

function describe(lines: readonly string[], own: ReadonlySet<string>, delayed: boolean): DeliveryStatus[] {
  const status = /(?:^|[\s(#])([45]\.\d{1,3}\.\d{1,3})(?=[\s).:;,]|$)/.exec(lines.join('\n'))?.[1] ?? null;
  const diagnostic = findDiagnostic(lines);
  const action = delayed ? 'delayed' : 'failed';
  return findRecipients(lines, own).map((recipient) => ({ recipient, action, status, diagnostic }));
}

/** The line with an answer of a server, and those that it was wrapped into. */
function findDiagnostic(lines: readonly string[]): string | null {
  const at = lines.findIndex((line) => /(?:^|\s)[45]\d\d(?=[ -]|\s*$)/.test(line));
  if (at < 0) return null;
  const below = lines.slice(at + 1, at + 1 + LINES_OF_DIAGNOSTIC);
  const end = below.findIndex((line) => !/^\s{1,16}\S/.test(line));
  const wrapped = below.slice(0, end < 0 ? undefined : end);
  return [lines[at] ?? '', ...wrapped]
    .map((line) => line.trim())
    .join(' ')
    .slice(0, 500);
}

/** The lines above the one where the returned message begins. */
function above(lines: readonly string[], begins: (line: string) => boolean): readonly string[] {
  const end = lines.findIndex((line, at) => at > 0 && begins(line));
  return end < 0 ? lines : lines.slice(0, end);
}

function findRecipients(lines: readonly string[], own: ReadonlySet<string>): string[] {
  const listed = unique(listedAddresses(lines), own);
  if (listed.length > 0) return listed;
  for (const pattern of NAMES.slice(3)) {
    const found = unique(
      lines.flatMap((line) => addressesBehind(pattern, line)),
      own,
    );
    if (found.length > 0) return found;
  }
  // Somebody who writes to himself, or a mail system that was itself not reachable: named as one that failed, not in passing.
  return own.size > 0 ? findRecipients(lines.filter(isSure), new Set()) : [];
}

function isSure(line: string): boolean {
  return NAMES.slice(0, SURE_NAMES).some((pattern) => pattern.test(line));
}

/** The address that a pattern finds, and those behind it with nothing but a comma or an `and` between. */
function addressesBehind(pattern: RegExp, line: string): string[] {
  const match = pattern.exec(line);
  const [whole, first] = match ?? [];
  if (!match || whole === undefined || first === undefined) return [];
  const found = [first];
  let rest = line.slice(match.index + whole.indexOf(first) + first.length);
  for (let next = ANOTHER.exec(rest); next; next = ANOTHER.exec(rest)) {
    found.push(next[1] ?? '');
    rest = rest.slice(next[0].length);
  }
  return found;
}

/** Addresses that begin a line of their own: qmail's and Postfix's way, and the lists of all others. */
function listedAddresses(lines: readonly string[]): string[] {
  const found: string[] = [];
  const hasFlushLeft = lines.some((line) => line.startsWith('<') && NAMES[0]?.test(line));
  let open = 0;
  let lastAt = -9;
  for (const [at, line] of lines.entries()) {
    const original = ALIAS.exec(line)?.[1];
    const isWrapped = (/^\s/.test(line) && hasFlushLeft) || SENDER.test(line);
    const sure = isWrapped ? undefined : NAMES[0]?.exec(line)?.[1];
    const listed = open > 0 && !isWrapped ? firstMatch([...INNER, ...NAMES.slice(1, 3)], line) : undefined;
    const named = original ?? sure ?? listed;
    // What the sender wrote to counts, not what an alias made of it.
    if (original !== undefined && lastAt >= at - 3) found.pop();
    if (named !== undefined) {
      found.push(named);
      lastAt = at;
    }
    if (ANNOUNCES.some((pattern) => pattern.test(line))) open = LINES_AFTER_ANNOUNCEMENT;
    else open--;
  }
  return found;
}

function firstMatch(patterns: readonly RegExp[], line: string): string | undefined {
  for (const pattern of patterns) {
    const found = pattern.exec(line)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

function unique(addresses: readonly string[], own: ReadonlySet<string>): string[] {
  const seen = new Map<string, string>();
  for (const address of addresses) {
    const bare = address.replace(/^'|[.']$/g, '');
    const key = bare.toLowerCase();
    if (!own.has(key) && !/^(?:mailer-daemon|mail-daemon)@/.test(key)) seen.set(key, bare);
  }
  // The mail system names itself for questions: it failed only when nobody else did.
  const others = [...seen].filter(([key]) => !key.startsWith('postmaster@'));
  return (others.length > 0 ? others : [...seen]).map(([, address]) => address);
}
