import { Resolver } from 'node:dns/promises';
import type { AuthenticateResult } from 'mailauth';
import type { AuthenticationResult, SenderAuthentication } from '../inbound-mail.ts';

/** A DNS query as mailauth makes them: name and record type, rejecting with a `code` such as ENOTFOUND. */
export type DnsResolve = (name: string, rrtype: string) => Promise<string[][] | string[]>;

export interface AuthenticateOptions {
  resolver: DnsResolve;
  /** The topmost Received header was written by a server we trust: then SPF counts too. Default false, DKIM only. */
  trustReceived?: boolean;
  /** Who handed the message to us, when we saw it ourselves: then SPF counts too. */
  client?: { ip: string; helo?: string; sender?: string };
  /** For everything together, in milliseconds. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 5000;
/** Answers that say a name or record does not exist. Anything else is trouble that may pass. */
const ABSENT = new Set(['ENOTFOUND', 'ENODATA', 'NXDOMAIN', 'ENONAME']);
const RESULTS = ['pass', 'fail', 'none', 'temperror', 'permerror'] as const;
/** The best first. */
const METHOD_RESULTS = ['pass', 'policy', 'neutral', 'softfail', 'temperror', 'permerror', 'fail', 'none'] as const;
const UNKNOWN = { policy: null, domain: null, dkim: 'skipped', spf: 'skipped' } as const;
const POLICIES = ['none', 'quarantine', 'reject'] as const;

/**
 * Our own DMARC check (RFC 7489) of the raw bytes. Only a result of `pass` authenticates; trouble of the DNS and
 * running out of time are `temperror`, several or unusable authors `permerror`. Never throws.
 */
export async function authenticateSender(raw: Buffer, options: AuthenticateOptions): Promise<SenderAuthentication> {
  const deadline = Date.now() + (options.timeoutMs ?? TIMEOUT_MS);
  const troubled: string[] = [];
  const resolver = watched(options.resolver, deadline, troubled);
  try {
    const checked = check(raw, { ...options, resolver }).then((result) => judge(result, troubled));
    const judged = await within(checked, deadline);
    // Without an address the library calls SPF temporary trouble; nobody asked it.
    return options.trustReceived || options.client ? judged : { ...judged, spf: 'skipped' };
  } catch (error) {
    return { ...UNKNOWN, dmarc: 'temperror', detail: error instanceof Error ? error.message : String(error) };
  }
}

/** Queries to the servers of the system, or to `servers` (`address` or `address:port`). */
export function dnsResolver(servers: readonly string[] = []): DnsResolve {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  if (servers.length > 0) resolver.setServers(servers);
  return (name, rrtype) => resolver.resolve(name, rrtype) as Promise<string[][] | string[]>;
}

/** Loaded on the first check only: most parsing needs none of it. */
async function check(raw: Buffer, options: AuthenticateOptions): Promise<AuthenticateResult> {
  const { authenticate } = await import('mailauth');
  const { resolver, trustReceived = false, client = {} } = options;
  return authenticate(raw, {
    resolver,
    trustReceived,
    ...client,
    disableArc: true,
    disableBimi: true,
    mta: 'localhost',
  });
}

function judge(result: AuthenticateResult, troubled: readonly string[]): SenderAuthentication {
  const { dmarc } = result;
  const methods = {
    dkim: bestSignature(result),
    spf: result.spf ? methodResult(result.spf.status.result) : 'skipped',
  } as const;
  // Two authors, none, or one that no domain answers for (RFC 7489 §6.6.1).
  if (!dmarc) {
    const detail = `no DMARC: ${result.dmarcSkipReason ?? 'no author domain'}`;
    return { ...UNKNOWN, ...methods, dmarc: 'permerror', detail };
  }
  const domain = dmarc.status.header?.from ?? dmarc.domain;
  const policy = POLICIES.find((name) => name === dmarc.policy) ?? null;
  // A signature over the first bytes only (`l=`, RFC 6376 §8.2) vouches for nothing that was put behind them.
  const { alignment } = dmarc as Partial<typeof dmarc>;
  const isPartial = Boolean(alignment?.dkim.underSized) && !alignment?.spf.result;
  const known = RESULTS.find((name) => name === dmarc.status.result) ?? 'none';
  const word = known === 'pass' && isPartial ? 'none' : known;
  const detail = [
    ...result.dkim.results.map((row) => `dkim=${row.status.result} ${row.signingDomain}`),
    ...(result.spf && result.spf.status.result !== 'temperror'
      ? [`spf=${result.spf.status.result} ${result.spf.domain}`]
      : []),
    `dmarc=${word} ${domain}`,
    ...(isPartial ? ['the signature covers a part of the body only'] : []),
  ]
    .join('; ')
    .slice(0, 500);
  const excused = word === 'fail' && isTroubled(dmarc.domain, troubled);
  return { ...methods, dmarc: excused ? 'temperror' : word, policy, domain, detail };
}

function bestSignature({ dkim }: AuthenticateResult): AuthenticationResult {
  const results = dkim.results.map(({ status }) => methodResult(status.result));
  return METHOD_RESULTS.find((word) => results.includes(word)) ?? 'none';
}

function methodResult(word: string): AuthenticationResult {
  return METHOD_RESULTS.find((known) => known === word) ?? 'none';
}

/** Only trouble of the author's own zone excuses a failure: a forger could point a signature at a dead server. */
function isTroubled(organization: string, troubled: readonly string[]): boolean {
  return troubled.some((name) => name === organization || name.endsWith(`.${organization}`));
}

function watched(resolver: DnsResolve, deadline: number, troubled: string[]): DnsResolve {
  return async (name, rrtype) => {
    if (Date.now() >= deadline) throw Object.assign(new Error('Out of time'), { code: 'ETIMEOUT' });
    try {
      return await resolver(name, rrtype);
    } catch (error) {
      if (!ABSENT.has(String((error as { code?: unknown }).code))) troubled.push(name.toLowerCase());
      throw error;
    }
  };
}

async function within<T>(work: Promise<T>, deadline: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The DNS did not answer in time')), Math.max(0, deadline - Date.now()));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
