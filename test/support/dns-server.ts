import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A name server (RFC 1035) on the loopback that knows TXT records only; every other name does not exist. */
export interface DnsServer {
  /** 127.0.0.1:port, as DNS_SERVERS takes it. */
  address: string;
  /** The text of each name, in lower case without a dot at the end; may change while it runs. */
  zone: Map<string, string>;
  /** Names that were asked for. */
  asked: string[];
  stop(): Promise<void>;
}

const TXT = 16;
const IN = 1;
const NO_SUCH_NAME = 3;

export async function startDnsServer(records: Record<string, string> = {}): Promise<DnsServer> {
  const zone = new Map(Object.entries(records));
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    const question = readQuestion(query);
    if (!question) return;
    asked.push(question.name);
    socket.send(answer(query, question, zone.get(question.name) ?? null), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    zone,
    asked,
    stop: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

interface Question {
  name: string;
  type: number;
  /** Offset behind it. */
  end: number;
}

const HEADER = 12;

/** The one question of a query (RFC 1035 §4.1.2); null when it is cut off. */
function readQuestion(query: Buffer): Question | null {
  const labels: string[] = [];
  let at = HEADER;
  for (let length = query[at]; length; length = query[at]) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  if (at + 5 > query.length) return null;
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at + 1), end: at + 5 };
}

function answer(query: Buffer, { type, end }: Question, text: string | null): Buffer {
  const found = type === TXT && text !== null;
  const header = Buffer.alloc(HEADER);
  header.writeUInt16BE(query.readUInt16BE(0), 0);
  header.writeUInt16BE(0x8580 | (text === null ? NO_SUCH_NAME : 0), 2); // a response, authoritative, recursion as wished
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(found ? 1 : 0, 6);
  return Buffer.concat([header, query.subarray(HEADER, end), ...(found ? [record(text)] : [])]);
}

/** A TXT record of the name in the question; strings of at most 255 bytes (RFC 1035 §3.3.14). */
function record(text: string): Buffer {
  const strings = (text.match(/[^]{1,255}/g) ?? ['']).map((part) =>
    Buffer.concat([Buffer.of(part.length), Buffer.from(part)]),
  );
  const data = Buffer.concat(strings);
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc000 | HEADER, 0);
  head.writeUInt16BE(TXT, 2);
  head.writeUInt16BE(IN, 4);
  head.writeUInt32BE(60, 6);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}
