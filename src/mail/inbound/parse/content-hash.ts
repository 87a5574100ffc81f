import { createHash } from 'node:crypto';

/** What makes a logical message: the same for every copy of it, however it travelled. */
export interface HashedContent {
  from: string;
  date: string;
  subject: string;
  text: string;
  html: string;
  /** Hex sha256 of each attachment, in order. */
  attachments: readonly string[];
}

/**
 * Hex sha256 over the content of a message. Each field is preceded by its length, so no two contents can be written
 * to the same bytes; line ends and trailing white space, which relays change, do not count.
 */
export function contentHash(content: HashedContent): string {
  const hash = createHash('sha256');
  const fields = [
    content.from.toLowerCase(),
    content.date,
    content.subject,
    settled(content.text),
    settled(content.html),
    ...content.attachments,
  ];
  for (const field of fields) hash.update(`${Buffer.byteLength(field)}:${field}`);
  return hash.digest('hex');
}

function settled(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}
