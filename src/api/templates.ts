import type Router from '@koa/router';
import type { Transaction } from '../db/transaction.ts';
import { AppError } from '../errors.ts';
import { MAIL_TEMPLATE_NAMES, type MailTemplate } from '../mail/outbound/mail-template.ts';
import { WRITTEN_TAGS } from '../mail/outbound/template/mail-tags.ts';
import { isAboutTicket, variablesOf } from '../mail/outbound/template/variables.ts';
import { changeText } from '../mail/texts/change-text.ts';
import { listTexts, listVersions, refusalsOf, type TextLine } from '../mail/texts/list-texts.ts';
import { previewText, type Preview, type PreviewDeps, type PreviewOf } from '../mail/texts/preview-text.ts';
import { sendTest } from '../mail/texts/send-test.ts';
import { displayName, type Employee } from '../people/employee.ts';
import { readSettings } from '../settings/read-settings.ts';
import { framePath } from './frame-token.ts';
import { mount, type Answer, type MountDeps } from './mount.ts';

export interface TemplateDeps extends MountDeps {
  texts: PreviewDeps;
}

/** The texts of the desk's mails, for admins. */
export function templateRoutes(router: Router, deps: TemplateDeps): void {
  const { templates } = deps.texts;

  mount(router, deps, 'listTemplates', async ({ tx }) => ({
    locales: [...templates.locales],
    results: (await listTexts(tx, templates)).map(presentLine),
  }));

  mount(router, deps, 'readTemplate', ({ tx, params }) => present(tx, params, deps));

  mount(router, deps, 'changeTemplate', async ({ tx, actor, params, body: { version, ...parts } }) => {
    const { template, locale } = nameOf(params, deps);
    await changeText(tx, { template, locale, version, parts, actorId: actor.id });
    return present(tx, params, deps);
  });

  mount(router, deps, 'resetTemplate', async ({ tx, actor, params, body: { version } }) => {
    const { template, locale } = nameOf(params, deps);
    const parts = { subject: null, text: null, html: null };
    await changeText(tx, { template, locale, version, parts, actorId: actor.id });
    return present(tx, params, deps);
  });

  mount(router, deps, 'previewTemplate', async ({ tx, actor, params, body }) =>
    presentPreview(await previewText(tx, previewOf(params, body, actor, deps), deps.texts), deps),
  );

  mount(router, deps, 'testTemplate', async ({ tx, actor, params, body }) => {
    const { organisation_name: deskName } = await readSettings(tx);
    const keyring = deps.secrets.replyTokens;
    const of = previewOf(params, body, actor, deps);
    return presentPreview(await sendTest(tx, of, { ...deps.texts, keyring, deskName }), deps);
  });
}

interface Params {
  template: string;
  locale: string;
}

/** 404 for a mail or a language that we do not have. */
function nameOf({ template, locale }: Params, { texts }: TemplateDeps): { template: MailTemplate; locale: string } {
  const known = MAIL_TEMPLATE_NAMES.find((name) => name === template);
  if (!known || !texts.templates.locales.includes(locale))
    throw new AppError('not_found', 'There is no such mail text');
  return { template: known, locale };
}

function presentLine({ changedAt, ...rest }: TextLine): Answer<'listTemplates'>['results'][number] {
  const broken = rest.broken.map((refusal) => ({ ...refusal, allowed: [...refusal.allowed] }));
  return { ...rest, broken, changed_at: changedAt?.toISOString() ?? null };
}

async function present(tx: Transaction, params: Params, deps: TemplateDeps): Promise<Answer<'readTemplate'>> {
  const { template, locale } = nameOf(params, deps);
  const versions = await listVersions(tx, template, locale);
  const [last] = versions;
  const { subject = null, text = null, html = null } = last ?? {};
  const own = { subject, text, html };
  const changed = (['subject', 'text', 'html'] as const).filter((part) => own[part] !== null);
  const initial = deps.texts.templates.textOf(template, locale);
  if (!initial) throw new AppError('not_found', 'There is no such mail text');
  return {
    ...presentLine({
      ...{ template, locale, version: last?.version ?? 0, changed, changedAt: last?.at ?? null },
      broken: refusalsOf(template, own),
    }),
    about: isAboutTicket(template) ? 'ticket' : template === 'digest' ? 'digest' : 'account',
    variables: variablesOf(template).map(({ items, ...rest }) => ({
      ...rest,
      items: items.map(({ path, kind }) => ({ path, kind })),
    })),
    ...{ tags: [...WRITTEN_TAGS], initial, own },
    versions: versions.map(({ at, ...rest }) => ({ ...rest, at: at.toISOString() })),
  };
}

type Tried = Parameters<Parameters<typeof mount<'previewTemplate'>>[3]>[0]['body'];

function previewOf(
  params: Params,
  { ticket, recipient, ...parts }: Tried,
  actor: Employee,
  deps: TemplateDeps,
): PreviewOf {
  const number = ticket === undefined ? null : Number(ticket.slice(2));
  return { ...nameOf(params, deps), parts, ticket: number, recipientId: recipient ?? null, actor };
}

/** The html is kept as a blob, which is swept after a week: a frame cannot send an Authorization header, so its path is the right to see it. */
async function presentPreview(
  { subject, text, html, locale, recipient }: Preview,
  { blobs, secrets }: TemplateDeps,
): Promise<Answer<'previewTemplate'>> {
  const { sha256 } = await blobs.put(Buffer.from(html));
  const frame = (scheme: 'light' | 'dark') => framePath(secrets.frames, { kind: 'preview', id: 0, sha256, scheme });
  return {
    ...{ subject, text, html, locale },
    recipient: { id: recipient.id, name: displayName(recipient) },
    frames: { light: frame('light'), dark: frame('dark') },
  };
}
