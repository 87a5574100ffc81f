import { Transform } from 'node:stream';

/** A message as it comes out of the JSON around it. */
export interface RawOfJson {
  raw: Transform;
  /** When Gmail took it. It may stand behind the message, so it is known when that was read; null: not said. */
  receivedAt: () => Date | null;
}

/** Characters of the JSON around the message that are kept. */
const MOST = 1_000_000;

/**
 * Takes the bytes of a message out of the JSON of messages.get with format=raw, as they come: a message of 50 MB is 67 MB of JSON, which
 * need never be in memory. Fails when the value is not base64url (RFC 4648 §5), when the JSON ends before its end, and when it is about another
 * message than was asked for.
 */
export function rawOfJson(id: string): RawOfJson {
  const findValue = valueFinder('raw');
  let state: 'before' | 'in' | 'after' = 'before';
  let rest = ''; // characters that are no whole group of four yet
  let around = ''; // the JSON with an empty message

  const raw = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      let text = chunk.toString('latin1');
      if (around.length > MOST) return callback(new Error('Gmail gave too much beside the message'));
      if (state === 'after') {
        around += text;
        return callback();
      }
      if (state === 'before') {
        const start = findValue(text);
        around += start < 0 ? text : text.slice(0, start);
        if (start < 0) return callback();
        text = text.slice(start);
        state = 'in';
      }
      const end = text.indexOf('"');
      if (end >= 0) {
        state = 'after';
        around += text.slice(end);
      }
      const value = rest + (end < 0 ? text : text.slice(0, end));
      const whole = end < 0 ? value.length - (value.length % 4) : value.length;
      rest = value.slice(whole);
      if (!/^[\w-]*={0,2}$/.test(value)) return callback(new Error('Gmail gave bytes that are not base64url'));
      callback(null, Buffer.from(value.slice(0, whole), 'base64url'));
    },
    flush(callback) {
      const given = state === 'after' ? parse(around) : null;
      if (given === null) return callback(new Error('Gmail ended the message before its end'));
      callback(given.id === id ? null : new Error(`Gmail gave message ${given.id} where ${id} was asked for`));
    },
  });
  return { raw, receivedAt: () => internalDate(around) };
}

/** Milliseconds, as a string (gmail_v1.Schema$Message). A date that is wrong is not worth a message. */
function internalDate(json: string): Date | null {
  const at = new Date(Number(parse(json)?.internalDate));
  return Number.isNaN(at.getTime()) ? null : at;
}

function parse(json: string): { id?: string; internalDate?: string } | null {
  try {
    return JSON.parse(json) as { id?: string; internalDate?: string } | null;
  } catch {
    return null;
  }
}

/** Finds where the string value of a key begins, over chunks: gives its index in the chunk that has it, else -1. */
function valueFinder(key: string): (text: string) => number {
  let inString = false;
  let escaped = false;
  let last = ''; // the string that ended last, or its beginning
  let ofKey = false; // a colon stood after the key
  return (text) => {
    for (let at = 0; at < text.length; at++) {
      const character = text[at] ?? '';
      if (inString) {
        if (escaped) escaped = false;
        else if (character === '\\') escaped = true;
        else if (character === '"') inString = false;
        if (inString && last.length <= key.length) last += character;
      } else if (character === '"') {
        if (ofKey) return at + 1;
        inString = true;
        last = '';
      } else if (character === ':') ofKey = last === key;
      else if (character === ',' || character === '{') ofKey = false;
    }
    return -1;
  };
}
