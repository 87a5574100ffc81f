import { isLoopback } from '../../transports/smtp-connection.ts';
import type { TokenFacts } from '../token-facts.ts';

/** `starttls`: begun in clear and then required; `none`: on the loopback only. */
export type ImapTls = 'implicit' | 'starttls' | 'none';

/** An access token; `fresh`: the one given before was refused. */
export type AccessToken = (options: { fresh: boolean }) => Promise<string>;

/** Where a mailbox is, and how to get in. */
export interface ImapOptions {
  host: string;
  port: number;
  tls: ImapTls;
  user: string;
  auth: { password: string } | { accessToken: AccessToken; facts?: () => TokenFacts | null };
  folder: string;
  /** Trusted certificate authorities instead of the system's, PEM. */
  ca?: string;
  /** Milliseconds; for tests. */
  patience?: Partial<ImapPatience>;
}

/** Milliseconds that are waited for a server. */
export interface ImapPatience {
  /** Connecting, greeting and signing in. */
  connect: number;
  /** Silence while an answer is due. */
  silence: number;
  /** One command without a body. */
  command: number;
}

export const PATIENCE: ImapPatience = { connect: 45_000, silence: 90_000, command: 120_000 };

/** The part of a mailbox's address that is no secret; `password` null: none was given. */
export interface ImapAddress {
  host: string;
  port: number;
  tls: ImapTls;
  user: string;
  folder: string;
  password: string | null;
}

/**
 * imaps://user:password@host:port/Folder (RFC 5092 in the way people write it), or imap:// for STARTTLS, which is then required. On the loopback
 * imap:// is plain, as nobody can listen there. Without a port 993 and 143, without a folder INBOX.
 */
export function readImapUrl(text: string): ImapAddress {
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const tls = url.protocol === 'imaps:' ? 'implicit' : isLoopback(host) ? 'none' : 'starttls';
  return {
    host,
    port: url.port ? Number(url.port) : tls === 'implicit' ? 993 : 143,
    tls,
    user: decodeURIComponent(url.username),
    folder: decodeURIComponent(url.pathname.replace(/^\/+|\/+$/g, '')) || 'INBOX',
    password: url.password ? decodeURIComponent(url.password) : null,
  };
}
