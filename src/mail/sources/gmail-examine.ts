import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js';
import { GMAIL_SCOPES, type GmailAuth } from './gmail-auth.ts';
import type { GmailCall } from './gmail-call.ts';
import type { GmailLabels } from './gmail-labels.ts';
import { fail, ok, warn, type Finding } from './finding.ts';
import { clockAheadOf, judgeClock, judgeRefreshToken } from './token-facts.ts';
import { SourceUnavailable, type Trouble } from './unavailable.ts';

interface Examined {
  users: gmail_v1.Resource$Users;
  auth: GmailAuth;
  call: GmailCall;
  labels: GmailLabels;
  request: () => object;
  label: string;
  doneLabel: string | null;
  now: () => Date;
}

/** Looks at account, token, scopes, label and clock. Changes nothing. */
export async function examineGmail(examined: Examined): Promise<Finding[]> {
  const { users, call, request, auth, now } = examined;
  try {
    const profile = await call('getProfile', () => users.getProfile({ userId: 'me' }, request()));
    return [
      ok('server', 'the Gmail API answers'),
      ok('credentials', `the account is ${profile?.data.emailAddress ?? 'unknown'}`),
      judgeToken(auth, now()),
      judgeScopes(auth, examined.doneLabel !== null),
      ...(await examineLabel(examined)),
      ...judgeClock(clockAheadOf(profile?.headers as Headers | undefined, now().getTime())),
    ];
  } catch (error) {
    return explain(error);
  }
}

/** Looks whether the account may send: the scope gmail.modify includes it. Sends nothing. */
export async function examineGmailSending({ auth, call }: Pick<Examined, 'auth' | 'call'>): Promise<Finding[]> {
  try {
    await call('token', () => auth.getAccessToken());
    const { level, text, advice } = judgeScopes(auth, true);
    const finding = { check: 'outbound credentials', level, text, advice };
    return [ok('outbound server', 'mail goes out by the Gmail API'), finding];
  } catch (error) {
    return explain(error).map((finding) => ({ ...finding, check: `outbound ${finding.check}` }));
  }
}

/** Google says in the answer of the token endpoint how long a refresh token lasts, when it does not last for good. */
function judgeToken(auth: GmailAuth, now: Date): Finding {
  if ('subject' in auth)
    return ok('token', `service account ${auth.email ?? ''}, acting for ${auth.subject ?? ''}; no end`);
  const left = Number(Reflect.get(auth.credentials, 'refresh_token_expires_in'));
  return judgeRefreshToken({ refreshEndsAt: left > 0 ? new Date(now.getTime() + left * 1000) : null }, now);
}

function judgeScopes({ credentials: { scope } }: GmailAuth, labels: boolean): Finding {
  const wanted = labels ? [GMAIL_SCOPES.modify] : [GMAIL_SCOPES.modify, GMAIL_SCOPES.readonly];
  const given = scope?.split(' ') ?? null;
  const names = (scopes: readonly string[]) => scopes.map((name) => name.replace(/^.*\/auth\//, '')).join(', ');
  if (!given) return ok('scopes', `${names(wanted)} was asked for and given`);
  if (wanted.some((name) => given.includes(name))) return ok('scopes', names(given));
  return fail(
    'scopes',
    `the consent gives ${names(given) || 'nothing'}, not ${names(wanted)}`,
    labels
      ? 'Give consent again with gmail.modify, or set GMAIL_SCOPE=readonly so that nothing is labelled'
      : 'Give consent again with gmail.readonly',
  );
}

async function examineLabel({ labels, label, doneLabel }: Examined): Promise<Finding[]> {
  const marking = doneLabel
    ? ok('marking', `applied mail gets the label ${doneLabel}`)
    : ok('marking', 'nothing is labelled');
  try {
    await labels.idOf(label);
    return [ok('label', `mail with the label ${label} is read`), marking];
  } catch (error) {
    if (!(error instanceof SourceUnavailable)) throw error;
    return [fail('label', error.message, 'Correct GMAIL_LABEL, or make the label in Gmail')];
  }
}

const FAILED: Record<Trouble, { check: string; advice: string }> = {
  unreachable: {
    check: 'server',
    advice: 'Check network, DNS and firewall; Google may also be busy: try again in a minute',
  },
  auth: {
    check: 'credentials',
    advice:
      'Give consent again and set the new GMAIL_REFRESH_TOKEN; check client id and secret. A service account needs domain-wide delegation',
  },
  permission: {
    check: 'scopes',
    advice: 'Give consent again with the scope that is named; switch the Gmail API on in the Google Cloud project',
  },
  quota: { check: 'quota', advice: 'Wait until midnight Pacific time, or ask Google for a larger quota' },
};

function explain(error: unknown): Finding[] {
  if (!(error instanceof SourceUnavailable)) throw error;
  const { check, advice } = FAILED[error.trouble];
  const before = check === 'server' ? [] : [ok('server', 'the Gmail API answers')];
  return [
    ...before,
    error.trouble === 'quota' ? warn(check, error.message, advice) : fail(check, error.message, advice),
  ];
}
