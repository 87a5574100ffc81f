import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually, temporaryFolder } from './processes.ts';
import { freePort } from './running-desk.ts';

const run = promisify(execFile);

/** A Postfix of its own (Debian's package) that delivers one domain by LMTP, and tries again every second. Needs root, as Postfix does. */
export interface Postfix {
  /** Takes mail by SMTP from this machine. */
  port: number;
  /** Messages that wait in its queue. */
  waiting(): Promise<number>;
  log(): Promise<string>;
  stop(): Promise<void>;
}

export async function startPostfix(domain: string, lmtpPort: number): Promise<Postfix> {
  const folder = await temporaryFolder();
  const at = (name: string) => join(folder.path, name);
  await chmod(folder.path, 0o755);
  for (const name of ['conf', 'queue', 'data']) await mkdir(at(name));
  const { stdout: uid } = await run('id', ['-u', 'postfix']);
  await chown(at('data'), Number(uid), 0);
  const port = await freePort();
  await writeFile(
    at('conf/main.cf'),
    mainCf({ domain, lmtpPort, queue: at('queue'), data: at('data'), log: at('log') }),
  );
  await writeFile(at('conf/master.cf'), masterCf(port));
  const postfix = (...args: string[]) => run('/usr/sbin/postfix', ['-c', at('conf'), ...args]);
  const log = () => readFile(at('log'), 'utf8').catch(() => '');
  await postfix('start').catch(async (error: unknown) => {
    throw new Error(`Postfix did not start: ${String(error)}\n${await log()}`);
  });
  await eventually('Postfix', async () => (await log()).includes('daemon started'), 20_000);
  return {
    ...{ port, log },
    async waiting() {
      const { stdout } = await run('/usr/sbin/postqueue', ['-c', at('conf'), '-j']);
      // A message that is moved between two queues is listed in both.
      const lines = stdout.split('\n').filter((line) => line !== '');
      return new Set(lines.map((line) => (JSON.parse(line) as { queue_id: string }).queue_id)).size;
    },
    async stop() {
      await postfix('stop');
      await folder.remove();
    },
  };
}

const mainCf = (given: { domain: string; lmtpPort: number; queue: string; data: string; log: string }) => `
compatibility_level = 3.6
queue_directory = ${given.queue}
data_directory = ${given.data}
maillog_file = ${given.log}
maillog_file_prefixes = ${given.log}
myhostname = mx.${given.domain}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination =
mynetworks = 127.0.0.0/8
alias_maps =
local_recipient_maps =
smtpd_relay_restrictions = reject_unauth_destination
virtual_mailbox_domains = ${given.domain}
virtual_transport = lmtp:inet:127.0.0.1:${given.lmtpPort}
recipient_delimiter = +
default_transport = discard
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
lmtp_destination_concurrency_failed_cohort_limit = 0
transport_retry_time = 1s
`;

const masterCf = (port: number) => `
127.0.0.1:${port} inet n - n - - smtpd
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 1 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
lmtp      unix - - n - - lmtp
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
tlsmgr    unix - - n 1000? 1 tlsmgr
postlog   unix-dgram n - n - 1 postlogd
`;
