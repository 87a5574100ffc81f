import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readConfig, type Config } from './config.ts';
import type { Side } from './commands/start.ts';
import { UsageError } from './errors.ts';
import { createLog, type Log } from './log.ts';
import { ROLES } from './tickets/lifecycle.ts';
import { watchParent } from './parent-watch.ts';

/** Exit codes: 0 done, 1 failed or unfinished, 2 wrong use or configuration. */
const EXIT = { failed: 1, usage: 2 } as const;

/** The whole shutdown may take so many milliseconds. */
const DEADLINE = 25_000;
/** Milliseconds between two signals that are one. */
const ONE_MOMENT = 1000;

/** What a command is made of is loaded when it runs: help and a refusal need none of it. */
interface Command {
  usage: string;
  about: string;
  run: (args: string[]) => Promise<number>;
}

const COMMANDS: Record<string, Command> = {
  start: {
    usage: 'start',
    about: 'Starts web and worker. Without configuration: a local demo desk with its own PostgreSQL and mail catcher.',
    run: (args) => serve(args, ['web', 'worker']),
  },
  web: { usage: 'web', about: 'Starts the web side alone (production).', run: (args) => serve(args, ['web']) },
  worker: {
    usage: 'worker',
    about: 'Starts the background side alone (production).',
    run: (args) => serve(args, ['worker']),
  },
  migrate: {
    usage: 'migrate',
    about: 'Brings the database to this version, as its owner. Safe to run again.',
    run: runMigrate,
  },
  account: {
    usage: 'account [--role admin|coordinator|employee] EMAIL',
    about: 'Makes an approved account (admin unless told otherwise) and prints its password, once.',
    run: runAccount,
  },
  doctor: {
    usage: 'doctor [--probe] [--wait SECONDS] [--json] [MAILBOX]',
    about:
      'Looks at database, data folder, outbound mail and each mailbox, and says what to do where something is not right.\n' +
      '--probe also sends a mail from each mailbox to itself, which a running desk must find within --wait seconds (120); it\n' +
      'opens no ticket. Changes nothing, prints no secret. Exit code 0 when nothing fails, 1 otherwise.',
    run: runDoctor,
  },
  import: {
    usage: 'import --dry-run [MAILBOX]',
    about:
      'Reads a mailbox as the desk would on its first look, and says how many tickets its mail would become and how many mails\n' +
      'would be sent. Stores nothing, here or at the server. The import itself begins when the desk is started.',
    run: runImport,
  },
  ingest: {
    usage: 'ingest [--notify] PATH…',
    about:
      'Brings messages through the whole pipeline: files, folders, mbox files, or - for standard input. Prints one JSON line each:\n' +
      '{file, outcome, reason, ticket, ms}. Quiet unless --notify: nobody gets a mail about it.\n' +
      'Exit code 0 when each message has an outcome, 1 when some are left for a later try.',
    run: runIngest,
  },
  audit: {
    usage: 'audit verify [--head ID:HASH]… | audit head',
    about:
      'verify reads the whole audit log and names every row that was edited, replaced or is missing. Exit code 0: intact, 1: not.\n' +
      'head prints its end as ID:HASH. Kept elsewhere, as the daily line "end of the audit log" of the worker is, and given to\n' +
      'verify, it shows whether the end was cut off since, or all of it written anew.',
    run: runAudit,
  },
  parse: {
    usage: 'parse PATH…',
    about: 'Parses messages and prints what it understood, one JSON line each. Needs no database.',
    run: runParse,
  },
};

/** `pg` obeys these even beside a URL; our own PostgreSQL must not be reached another way. */
for (const name of ['PGSSLMODE', 'PGOPTIONS']) delete process.env[name];

async function main([name = '--help', ...args]: string[]): Promise<number> {
  if (['--help', '-h', 'help'].includes(name)) return help(args[0]);
  const command = COMMANDS[name];
  if (!command) throw new UsageError(`There is no command "${name}". See: smartsupport --help`);
  if (args.includes('--help') || args.includes('-h')) return help(name);
  return command.run(args);
}

function help(name?: string): number {
  const one = name ? COMMANDS[name] : undefined;
  const shown = one ? [one] : Object.values(COMMANDS);
  const text = shown.map(({ usage, about }) => `  smartsupport ${usage}\n${about.replace(/^/gm, '      ')}\n`);
  process.stdout.write(`${one ? '' : 'SmartSupport: an email-driven help desk.\n\n'}${text.join('\n')}`);
  return 0;
}

async function serve(args: string[], sides: readonly Side[]): Promise<number> {
  positionals(args, 0);
  const config = readConfig(process.env);
  const log = logOf(config);
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let asked: number | null = null;
  const told = () => {
    // Asked a second time: now. A group kill tells us twice in the same moment, by the system and by the launcher.
    if (asked !== null && performance.now() - asked > ONE_MOMENT) process.exit(EXIT.failed);
    asked ??= performance.now();
    end();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, told);
  watchParent(() => end());

  const { start } = await import('./commands/start.ts');
  const running = await start(config, log, (text) => process.stdout.write(`${text}\n`), sides);
  await ended;
  setTimeout(() => {
    log.error('shutdown took too long');
    process.exit(EXIT.failed);
  }, DEADLINE).unref();
  await running.stopping();
  await running.stop();
  return 0;
}

async function runMigrate(args: string[]): Promise<number> {
  positionals(args, 0);
  const config = readConfig(process.env);
  if (config.mode === 'local') {
    const { openLocalDesk } = await import('./commands/local-desk.ts');
    const { stop } = await openLocalDesk(config, logOf(config));
    await stop();
    process.stdout.write('The local database is at this version.\n');
    return 0;
  }
  const { migrate } = await import('./db/migrate.ts');
  const ran = await migrate(config.databaseOwnerUrl ?? '', config.databaseUrl ?? '');
  process.stdout.write(ran.length > 0 ? `Ran ${ran.join(', ')}.\n` : 'The database is at this version.\n');
  return 0;
}

async function runIngest(args: string[]): Promise<number> {
  const { values, positionals: paths } = strict(() =>
    parseArgs({ args, options: { notify: { type: 'boolean' } }, allowPositionals: true }),
  );
  if (paths.length === 0)
    throw new UsageError('Name at least one file or folder, or - for standard input. See: smartsupport ingest --help');
  const config = readConfig(process.env);
  const { ingest } = await import('./commands/ingest.ts');
  return ingest(config, logOf(config), {
    paths,
    notify: values.notify ?? false,
    stdin: process.stdin,
    stdout: process.stdout,
  });
}

async function runDoctor(args: string[]): Promise<number> {
  const options = {
    probe: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    wait: { type: 'string', default: '120' },
  } as const;
  const { values, positionals: given } = strict(() => parseArgs({ args, options, allowPositionals: true }));
  const [mailbox = null, ...more] = given;
  if (more.length > 0 || !/^[1-9]\d{0,4}$/.test(values.wait)) throw new UsageError('See: smartsupport doctor --help');
  const config = readConfig(process.env);
  const asked = { mailbox, probe: values.probe, json: values.json, patience: Number(values.wait) * 1000 };
  const { doctor } = await import('./commands/doctor.ts');
  return doctor(config, logOf(config), asked, (text) => process.stdout.write(`${text}\n`));
}

async function runImport(args: string[]): Promise<number> {
  const options = { 'dry-run': { type: 'boolean', default: false } } as const;
  const { values, positionals: given } = strict(() => parseArgs({ args, options, allowPositionals: true }));
  if (!values['dry-run'] || given.length > 1) throw new UsageError('See: smartsupport import --help');
  const config = readConfig(process.env);
  const address = given[0] ?? config.supportAddress;
  const { rehearseImport } = await import('./commands/rehearse-import.ts');
  return rehearseImport(config, logOf(config), address, (line) => process.stdout.write(`${line}\n`));
}

async function runAccount(args: string[]): Promise<number> {
  const options = { role: { type: 'string', default: 'admin' } } as const;
  const { values, positionals: given } = strict(() => parseArgs({ args, options, allowPositionals: true }));
  const role = ROLES.find((name) => name === values.role);
  const [email, ...more] = given;
  if (!role || !email || more.length > 0) throw new UsageError('See: smartsupport account --help');
  const config = readConfig(process.env);
  const { account } = await import('./commands/account.ts');
  process.stdout.write(`${await account(config, logOf(config), { email, role })}\n`);
  return 0;
}

async function runAudit(args: string[]): Promise<number> {
  const options = { head: { type: 'string', multiple: true } } as const;
  const { values, positionals: asked } = strict(() => parseArgs({ args, options, allowPositionals: true }));
  const { audit, readAuditCommand } = await import('./commands/audit.ts');
  const command = readAuditCommand(asked, values.head ?? []);
  const config = readConfig(process.env);
  return audit(config, logOf(config), command, (line) => process.stdout.write(`${line}\n`));
}

async function runParse(args: string[]): Promise<number> {
  const paths = positionals(args);
  const { parseCommand } = await import('./mail/inbound/parse/parse-command.ts');
  return parseCommand(paths, { stdout: process.stdout, stderr: process.stderr, stdin: process.stdin });
}

/** Plain arguments of a command without options; `most` of them. */
function positionals(args: string[], most = Infinity): string[] {
  const { positionals: given } = strict(() => parseArgs({ args, options: {}, allowPositionals: true }));
  if (given.length > most) throw new UsageError(`Unexpected argument "${given[most] ?? ''}"`);
  return given;
}

function strict<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** Production logs to standard error; local mode to a file, so that the terminal stays readable. */
function logOf(config: Config): Log {
  if (config.mode === 'production') return createLog(config.logLevel);
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  return createLog(config.logLevel, createWriteStream(join(config.dataDir, 'desk.log'), { flags: 'a', mode: 0o600 }));
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    const expected = error instanceof UsageError;
    process.stderr.write(
      `${expected ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    process.exit(expected ? EXIT.usage : EXIT.failed);
  },
);
