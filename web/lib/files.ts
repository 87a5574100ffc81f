/** What may be sent with one message, as the desk says it. `size` is bytes of one file. */
export interface FileLimits {
  size: number;
  count: number;
}

/** Why a file cannot be sent. */
export type FileFault = 'too-large' | 'too-many' | 'empty';

/** A size in bytes as people say it: 14 KB, 1.2 MB. */
export function sayBytes(bytes: number, locale: string): string {
  const [unit, size] =
    bytes >= 1024 ** 3
      ? (['gigabyte', bytes / 1024 ** 3] as const)
      : bytes >= 1024 ** 2
        ? (['megabyte', bytes / 1024 ** 2] as const)
        : bytes >= 1024
          ? (['kilobyte', bytes / 1024] as const)
          : (['byte', bytes] as const);
  const maximumFractionDigits = unit === 'byte' || size >= 10 ? 0 : 1;
  // Intl says "kB" in English; the rest of the portal writes KB like everybody's file manager.
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits }).format(size).replace('kB', 'KB');
}

/** The fault of each file of a list, in its order; undefined for one that may go. */
export function faultsOf(files: readonly { size: number }[], { size, count }: FileLimits): (FileFault | undefined)[] {
  return files.map((file, index) => {
    if (file.size > size) return 'too-large';
    if (file.size === 0) return 'empty';
    return index >= count ? 'too-many' : undefined;
  });
}

/** Whether two files of a selection are the same one, chosen twice. */
export function sameFile(a: FileMark, b: FileMark): boolean {
  return a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;
}

interface FileMark {
  name: string;
  size: number;
  lastModified: number;
}

const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
/** A text that is longer is for a program of its own. */
const LONGEST_TEXT = 500_000;

/** Whether a file can be looked at in the portal; null: it is downloaded. */
export function previewOf(file: { content_type: string; size: number; scan: string }): 'image' | 'text' | null {
  if (file.scan === 'infected') return null;
  const type = file.content_type.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (PICTURES.includes(type)) return 'image';
  return (type === 'text/plain' || type === 'text/csv') && file.size <= LONGEST_TEXT ? 'text' : null;
}
