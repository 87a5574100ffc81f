import { openRaw, type RawMail } from './raw-mail.ts';

/** The same mail written in another way, or null where that way is not open to it. */
export type Disguise = (raw: Buffer) => Buffer | null;

/** Works on the header and body of a mail that begins with a header. */
export const onMail =
  (change: (mail: RawMail) => RawMail | null): Disguise =>
  (raw) => {
    const mail = openRaw(raw.toString('latin1'));
    const changed = mail && change(mail);
    return changed ? Buffer.from(`${changed.fields.join('\r\n')}\r\n\r\n${changed.body}`, 'latin1') : null;
  };

export const onFields = (change: (field: string) => string): Disguise =>
  onMail((mail) => ({ ...mail, fields: mail.fields.map(change) }));

/** The whole field, '' when there is none. */
export const fieldOf = ({ fields }: RawMail, name: string): string =>
  fields.find((field) => field.toLowerCase().startsWith(`${name}:`)) ?? '';

export const isContent = (field: string): boolean => /^content-|^mime-version:/i.test(field);

export const base64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll(/.{76}/g, '$&\r\n');

const hex = (char: string) => `=${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** RFC 2045 §6.7, more escaped than must be. */
export const quotedPrintable = (bytes: Buffer): string =>
  bytes
    .toString('latin1')
    .split('\r\n')
    .map((line) => line.replaceAll(/[^!-<>-~ ]|=| $/g, hex).replaceAll(/(?:=..|[^=]){60}(?=.)/g, '$&=\r\n'))
    .join('\r\n');

/** RFC 2047 §4.2. */
export const encodedWord = (text: string): string => `=?iso-8859-1?q?${text.replaceAll(/[^A-Za-z0-9]/g, hex)}?=`;
