import { comparable, isSameBody, tokenF1, visibleText } from './compare.ts';
import type { Answer, Comparison, CorpusCase, Expectation } from './corpus.ts';

/** Field by field what was right; a measure between 0 and 1 decides nothing. */
export interface Grade {
  right: Readonly<Record<string, boolean>>;
  replyF1: number | null;
}

interface Asked {
  want: Expectation;
  got: Answer;
  kind: CorpusCase['kind'];
  source: string;
  compare: Comparison;
}
/** Whether a field is right; null when the case does not ask for it. */
type Rule = (asked: Asked) => boolean | null;

const SLOW_MS = 2000;

const lower = (text: string | null | undefined) => comparable(text).toLowerCase();
const bare = (text: string | null | undefined) => comparable(text).replaceAll(/[<>]/g, '');
const sameList = (wanted: readonly (string | null | undefined)[], got: readonly (string | null | undefined)[]) =>
  wanted.length === got.length && wanted.every((one, at) => lower(one) === lower(got[at]));
const sameSet = (wanted: readonly (string | null | undefined)[], got: readonly (string | null | undefined)[]) =>
  JSON.stringify(wanted.map((one) => comparable(one)).sort()) ===
  JSON.stringify(got.map((one) => comparable(one)).sort());
const visible = ({ html }: Answer) => (html ? visibleText(html) : '');
const names = ({ attachments }: Answer) => new Set(attachments.map(({ filename }) => comparable(filename)));
/** One project's answers hold html and text in one field. */
const isOneBody = (source: string) => source === 'zammad';

const REPLY: Readonly<Record<string, Rule>> = {
  reply: ({ want, got, compare }) =>
    want.reply === undefined
      ? null
      : accepted(want).some((text) => comparable(text, compare) === comparable(got.reply, compare)),
  replyPartial: ({ want, got }) => {
    if (!want.replyContains && !want.replyNotContains) return null;
    const reply = comparable(got.reply);
    const has = (text: string) => reply.includes(comparable(text));
    return (want.replyContains ?? []).every(has) && !(want.replyNotContains ?? []).some(has);
  },
  forwarded: ({ want, got, kind }) =>
    want.forward === undefined ? null : kind === 'reply' || (want.forward !== null) === (got.forward !== null),
  forwardFrom: ({ want, got }) =>
    want.forward?.fromAddress ? lower(want.forward.fromAddress) === lower(got.forward?.from?.address) : null,
  forwardText: ({ want, got, kind }) =>
    want.forward?.text && kind === 'forward' ? isSameBody(want.forward.text, got.forward?.text ?? '') : null,
};

const MIME: Readonly<Record<string, Rule>> = {
  subject: ({ want, got }) =>
    want.subject === undefined ? null : comparable(want.subject) === comparable(got.subject),
  from: ({ want, got }) => (want.from?.address ? lower(want.from.address) === lower(got.from?.address) : null),
  fromName: ({ want, got }) => (want.from?.name ? comparable(want.from.name) === comparable(got.from?.name) : null),
  to: ({ want, got }) => {
    const addresses = got.to.map(({ address }) => address);
    if (want.toAddresses) return sameList(want.toAddresses, addresses);
    if (want.toFirst) return lower(want.toFirst.address) === lower(addresses[0]);
    return want.toList
      ? sameList(
          want.toList.map(({ address }) => address),
          addresses,
        )
      : null;
  },
  text: ({ want, got, source }) => {
    const text = got.text ?? '';
    if (want.textContains) return want.textContains.every((words) => containsWords([text, visible(got)], words));
    if (typeof want.text !== 'string') return null;
    return isSameBody(want.text, text) || ((text === '' || isOneBody(source)) && isSameBody(want.text, visible(got)));
  },
  html: ({ want, got, source }) => {
    if (!want.bodyText) return null;
    const seen = visible(got);
    return (
      isSameBody(want.bodyText, seen) || (isOneBody(source) && seen === '' && isSameBody(want.bodyText, got.text ?? ''))
    );
  },
  attachmentCount: ({ want, got }) => {
    const count = want.attachments?.length ?? want.attachmentCount;
    return count === undefined ? null : count === got.attachments.length;
  },
  attachmentNames: ({ want, got }) => {
    const named = want.attachments?.flatMap(({ filename }) => filename || []) ?? [];
    const wanted = want.attachmentNames ?? (named.length > 0 ? named : null);
    return wanted && wanted.every((name) => names(got).has(comparable(name)));
  },
  messageId: ({ want, got }) => (want.messageId ? bare(want.messageId) === bare(got.messageId) : null),
  inReplyTo: ({ want, got }) => (want.inReplyTo ? bare(got.inReplyTo).includes(want.inReplyTo) : null),
  references: ({ want, got }) =>
    want.references ? want.references.every((id) => got.references.map(bare).includes(id)) : null,
};

const CLASSIFY: Readonly<Record<string, Rule>> = {
  bounce: ({ want, got }) => (want.bounce === undefined ? null : want.bounce === got.bounce),
  autoReply: ({ want, got }) => (want.autoReply === undefined ? null : want.autoReply === got.autoReply),
  noAutoAnswer: ({ want, got }) => (want.noAutoAnswer === undefined ? null : want.noAutoAnswer === got.noAutoAnswer),
  failedRecipients: ({ want, got }) => {
    if (!want.failedRecipients) return null;
    const aliases = (want.aliases ?? []).map(lower);
    const allowed = new Set([...want.failedRecipients.map(lower), ...aliases]);
    const found = new Set(got.failedRecipients.map(lower));
    const isFound = (address: string) => found.has(lower(address)) || aliases.some((alias) => found.has(alias));
    return want.failedRecipients.every(isFound) && [...found].every((address) => allowed.has(address));
  },
};

const TNEF: Readonly<Record<string, Rule>> = {
  tnef: ({ want, got }) =>
    want.tnefNames
      ? sameSet(
          want.tnefNames,
          got.attachments.map(({ filename }) => filename),
        )
      : null,
};

/** The fields that a kind of case may ask for. A reply that names its subject is asked for what MIME says too. */
function rulesFor({ kind, expect }: CorpusCase): Readonly<Record<string, Rule>> {
  if (kind === 'reply') return expect.subject === undefined ? REPLY : { ...REPLY, ...MIME };
  return { forward: REPLY, mime: MIME, classify: CLASSIFY, tnef: TNEF, robust: {} }[kind];
}

const accepted = (want: Expectation) => [want.reply ?? '', ...(want.replyAny ?? [])];

/** A missing answer, one that is an error, and one that took too long are wrong whatever else they say. */
export function gradeCase(one: CorpusCase & { compare: Comparison }, got: Answer | undefined): Grade {
  if (!got) return { right: { answered: false }, replyF1: null };
  if (got.error !== undefined && got.error !== null) return { right: { noThrow: false }, replyF1: null };
  const asked = { want: one.expect, got, kind: one.kind, source: one.source, compare: one.compare };
  const judged = Object.entries(rulesFor(one)).flatMap(([field, rule]) => {
    const right = rule(asked);
    return right === null ? [] : [[field, right] as const];
  });
  const right = Object.fromEntries([
    ...(one.kind === 'robust' ? [['noThrow', true] as const] : []),
    ...(got.ms > SLOW_MS ? [['inTime', false] as const] : []),
    ...judged,
  ]);
  const hasReply = one.expect.reply !== undefined && (one.kind === 'reply' || one.kind === 'forward');
  const replyF1 = hasReply ? Math.max(...accepted(one.expect).map((text) => tokenF1(text, got.reply))) : null;
  return { right, replyF1 };
}

/** A person's mail that is taken for a machine's: the worst of errors, counted wherever it can be seen. */
export function isHumanCalledAutomatic({ kind, expect }: CorpusCase, got: Answer | undefined): boolean {
  if (!got || (!got.autoReply && !got.bounce)) return false;
  return kind === 'reply' || kind === 'forward' || (expect.autoReply === false && expect.bounce === false);
}

function containsWords(texts: readonly string[], words: string): boolean {
  return texts.some((text) => comparable(text, 'nows').includes(comparable(words, 'nows')));
}
