import { headerText, oneLine } from './encode-header.ts';

export interface MailAddress {
  name: string;
  address: string;
}

/** One mailbox as people and headers write it: `ana@example.org` or `Ana Reyes <ana@example.org>`. Null when there is none. */
export function parseMailAddress(text: string): MailAddress | null {
  const line = oneLine(text);
  const angle = /^(.*?)<([^<>]*)>$/.exec(line);
  const address = (angle?.[2] ?? line).trim();
  if (!/^[^\s@<>",;:()]+@[^\s@<>",;:()]+$/.test(address)) return null;
  const name = (angle?.[1] ?? '').trim().replace(/^"(.*)"$/, '$1');
  return { name: name.replaceAll(/\\(.)/g, '$1'), address };
}

/** The form of a header: the name as a quoted string or encoded words, the address between angle brackets. */
export function formatMailAddress({ name, address }: MailAddress): string {
  if (name === '') return address;
  const ascii = /^[\x20-\x7e]*$/.test(name);
  const phrase =
    ascii && !/^[\w !#$%&'*+\-/=?^`{|}~]*$/.test(name) ? `"${name.replaceAll(/["\\]/g, '\\$&')}"` : headerText(name);
  return `${phrase} <${address}>`;
}
