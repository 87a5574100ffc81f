import { createServer, type Server, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';

/** What a scripted server does instead of its usual answer: another answer, ending the connection, or nothing. */
export type Act = string | 'drop' | 'hang';

export interface Script {
  greeting?: Act;
  ehlo?: Act;
  mail?: Act;
  rcpt?: Act;
  data?: Act;
  /** Instead of 250 after the final dot. */
  message?: Act;
  /** Ends the connection after so many bytes of a message. */
  dropAfterBytes?: number;
  /** The session (counted from 1) that follows the script; others are well-behaved. All when absent. */
  session?: number;
  /** Ends a session when it is asked for one more message. */
  messagesPerSession?: number;
}

export interface ScriptedSmtp {
  port: number;
  /** Every command line as it came, one list a session. */
  sessions: string[][];
  /** Messages that came whole, dots unstuffed. */
  messages: string[];
  close(): Promise<void>;
}

/** A small SMTP server (RFC 5321) on the loopback that misbehaves as told. */
export async function scriptedSmtp(script: Script = {}): Promise<ScriptedSmtp> {
  const sessions: string[][] = [];
  const messages: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    const commands: string[] = [];
    sessions.push(commands);
    const act = script.session === undefined || script.session === sessions.length ? script : {};
    serve(socket, act, commands, messages).catch(() => {}); // the client went away
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    sessions,
    messages,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(socket: Socket, act: Script, commands: string[], messages: string[]): Promise<void> {
  const answer = (line: Act): boolean => {
    if (line === 'drop') socket.destroy();
    else if (line !== 'hang') socket.write(`${line}\r\n`);
    return line !== 'drop';
  };
  if (!answer(act.greeting ?? '220 test')) return;
  let buffer = '';
  let inData = false;
  let taken = 0;
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    buffer += chunk.toString('latin1');
    if (inData && act.dropAfterBytes !== undefined && buffer.length >= act.dropAfterBytes) return void socket.destroy();
    for (;;) {
      const end = buffer.indexOf(inData ? '\r\n.\r\n' : '\r\n');
      if (end < 0) break;
      const text = buffer.slice(0, end);
      buffer = buffer.slice(end + (inData ? 5 : 2));
      if (inData) {
        inData = false;
        commands.push('.');
        if (act.message === undefined || act.message.startsWith('2')) messages.push(`${text}\r\n`.replace(/^\./gm, ''));
        if (!answer(act.message ?? '250 2.0.0 taken')) return;
        continue;
      }
      commands.push(text);
      const verb = text.slice(0, 4).toUpperCase();
      if (verb === 'MAIL' && act.messagesPerSession !== undefined && taken++ >= act.messagesPerSession)
        return void socket.destroy();
      const lines: Record<string, Act> = {
        EHLO: act.ehlo ?? '250-test\r\n250-SIZE 100000\r\n250 8BITMIME',
        MAIL: act.mail ?? '250 sender',
        RCPT: act.rcpt ?? '250 recipient',
        DATA: act.data ?? '354 go on',
        RSET: '250 reset',
        QUIT: '221 bye',
      };
      inData = verb === 'DATA' && (act.data ?? '354').startsWith('354');
      if (!answer(lines[verb] ?? '500 what')) return;
    }
    await setImmediate();
  }
}
