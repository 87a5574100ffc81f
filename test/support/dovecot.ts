import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ImapFlow } from 'imapflow';
import { connect } from 'node:net';
import { eventually, temporaryFolder } from './processes.ts';
import { freePort } from './running-desk.ts';

const run = promisify(execFile);

/** Whoever runs it, Dovecot runs as an ordinary user: as ourselves, or as the user `mail` that every Debian has. */
const MAIL_USER = 8;
const root = process.getuid?.() === 0;
const user = root ? 'mail' : userInfo().username;

export const DOVECOT_PASSWORD = 'open:sesame/@';

/** A real Dovecot in a folder of its own, with any user that is asked for. */
export interface Dovecot {
  port: number;
  tlsPort: number;
  /** What its certificate is verified by, PEM. */
  ca: string;
  /** IMAP_URL of a user's folder. */
  url(name: string, folder?: string): string;
  /** Delivers as an MTA does, into the Maildir of INBOX or of another folder. */
  deliver(name: string, raw: string | Buffer, folder?: string): Promise<void>;
  /** Another client of the same account; its connection ends with the server. */
  client(name: string): Promise<ImapFlow>;
  doveadm(...args: string[]): Promise<string>;
  /** Forgets the numbering of INBOX, as after a restore: the next look finds another UIDVALIDITY. */
  renumber(name: string): Promise<void>;
  /** UIDs in INBOX with their flags and keywords. */
  flags(name: string): Promise<Map<number, string[]>>;
  /** Keys, as the desk has them, of the messages in INBOX that carry a keyword. */
  keysWith(name: string, keyword: string): Promise<string[]>;
  /** Bytes that it sent in each session of this user that has ended, in order. */
  sent(name: string): Promise<number[]>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface DovecotOptions {
  /** Asks this URL about access tokens (`?access_token=` is appended) and allows XOAUTH2 and OAUTHBEARER. */
  tokenInfoUrl?: string;
  /** What it says to know; left out, what it does know. */
  capabilities?: string;
}

/** Starts Dovecot (Debian: dovecot-imapd) and waits until it takes connections. */
export async function startDovecot(options: DovecotOptions = {}): Promise<Dovecot> {
  const folder = await temporaryFolder();
  const dir = folder.path;
  const [port, tlsPort] = [await freePort(), await freePort()];
  for (const part of ['run', 'home']) await mkdir(join(dir, part));
  const ca = await makeCertificate(dir);
  const conf = join(dir, 'dovecot.conf');
  await writeFile(conf, configuration(dir, port, tlsPort, options));
  if (options.tokenInfoUrl)
    await writeFile(
      join(dir, 'oauth2.conf'),
      `tokeninfo_url = ${options.tokenInfoUrl}?access_token=\nusername_attribute = email\nactive_attribute = active\nactive_value = true\n`,
    );
  if (root) await run('chown', ['-R', `${MAIL_USER}:${MAIL_USER}`, dir]);

  let server = await launch(conf, port);
  const clients: ImapFlow[] = [];
  const maildir = (name: string, box = 'INBOX') =>
    box === 'INBOX' ? join(dir, 'home', name, 'Maildir') : join(dir, 'home', name, 'Maildir', `.${box}`);
  const own = async (path: string) => {
    if (root) await chown(path, MAIL_USER, MAIL_USER);
  };
  let delivered = 0;
  const doveadm = async (...args: string[]) => (await run('doveadm', ['-c', conf, ...args])).stdout;

  async function flags(name: string): Promise<Map<number, string[]>> {
    const text = await doveadm('-f', 'tab', 'fetch', '-u', name, 'uid flags', 'mailbox', 'INBOX', 'all');
    const lines = text.trim().split('\n').slice(1);
    return new Map(
      lines.map((line) => {
        const [uid = '', set = ''] = line.split('\t');
        return [Number(uid), set.split(' ').filter(Boolean)];
      }),
    );
  }

  return {
    ...{ port, tlsPort, ca, doveadm, flags },
    async keysWith(name, keyword) {
      const status = await doveadm('-f', 'tab', 'mailbox', 'status', '-u', name, 'uidvalidity', 'INBOX').catch(
        () => '',
      );
      const validity = status.trim().split('\n').at(-1)?.split('\t').at(-1) ?? '';
      const found = await flags(name).catch(() => new Map<number, string[]>());
      return [...found].flatMap(([uid, set]) => (set.includes(keyword) ? [`imap:INBOX:${validity}:${uid}`] : []));
    },
    url: (name, box = 'INBOX') =>
      `imap://${encodeURIComponent(name)}:${encodeURIComponent(DOVECOT_PASSWORD)}@127.0.0.1:${port}/${encodeURIComponent(box)}`,
    async deliver(name, raw, box) {
      const path = maildir(name, box);
      if (!(await readdir(join(path, 'tmp')).catch(() => null)))
        await doveadm('mailbox', 'create', '-u', name, box ?? 'INBOX').catch(() => undefined);
      const file = `${Date.now()}.${process.pid}_${++delivered}.test`;
      await writeFile(join(path, 'tmp', file), raw);
      await own(join(path, 'tmp', file));
      await rename(join(path, 'tmp', file), join(path, 'new', file));
    },
    async client(name) {
      const auth = { user: name, pass: DOVECOT_PASSWORD };
      const client = new ImapFlow({ host: '127.0.0.1', port, secure: false, doSTARTTLS: false, auth, logger: false });
      client.on('error', () => undefined);
      clients.push(client);
      await client.connect();
      await client.mailboxOpen('INBOX');
      return client;
    },
    async renumber(name) {
      const files = await readdir(maildir(name));
      // A new UIDVALIDITY is the time in seconds: it must not be the same second's.
      await doveadm('mailbox', 'update', '-u', name, '--uid-validity', String(2_000_000_000 + ++delivered), 'INBOX');
      for (const file of files.filter((each) => each.startsWith('dovecot.index')))
        await rm(join(maildir(name), file), { force: true });
    },
    async sent(name) {
      const log = await readFile(join(dir, 'dovecot.log'), 'utf8').catch(() => '');
      const ends = log.split('\n').filter((line) => line.includes(`imap(${name})`));
      return ends
        .flatMap((line) => Number(/ out=(\d+)/.exec(line)?.[1] ?? NaN))
        .filter((bytes) => !Number.isNaN(bytes));
    },
    async restart() {
      await server.stop();
      server = await launch(conf, port);
    },
    async stop() {
      for (const client of clients) client.close();
      await server.stop();
      await folder.remove();
    },
  };
}

async function launch(conf: string, port: number): Promise<{ stop(): Promise<void> }> {
  const child = spawn('dovecot', ['-F', '-c', conf], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(root && { uid: MAIL_USER, gid: MAIL_USER }),
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  child.on('error', (error) => (complaints += error.message));
  const ended = once(child, 'exit').catch(() => undefined);
  await eventually('Dovecot', async () => {
    if (child.exitCode !== null || child.pid === undefined) throw new Error(`Dovecot does not start: ${complaints}`);
    return answers(port);
  });
  return {
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => resolve(true)).once('error', () => resolve(false));
    socket.once('data', () => socket.destroy());
  });
}

/** A certificate for 127.0.0.1, by the openssl that Dovecot's package brings. */
async function makeCertificate(dir: string): Promise<string> {
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
    ...['-keyout', key, '-out', cert, '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
  ]);
  return readFile(cert, 'utf8');
}

function configuration(
  dir: string,
  port: number,
  tlsPort: number,
  { tokenInfoUrl, capabilities = '' }: DovecotOptions,
): string {
  const group = spawnSync('id', ['-gn', user], { encoding: 'utf8' }).stdout.trim();
  return `
base_dir = ${dir}/run
state_dir = ${dir}/run
log_path = ${dir}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <${dir}/cert.pem
ssl_key = <${dir}/key.pem
disable_plaintext_auth = no
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
mailbox_list_index = yes
auth_mechanisms = plain login${tokenInfoUrl ? ' xoauth2 oauthbearer' : ''}
auth_failure_delay = 0
imap_capability = ${capabilities}
namespace inbox {
  inbox = yes
}
${
  tokenInfoUrl
    ? `passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${dir}/oauth2.conf
}`
    : ''
}
passdb {
  driver = static
  args = password=${DOVECOT_PASSWORD}
}
userdb {
  driver = static
  args = uid=${user} gid=${group} home=${dir}/home/%u
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tlsPort}
  }
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service auth {
  user = ${user}
}
service auth-worker {
  user = ${user}
}
`;
}
