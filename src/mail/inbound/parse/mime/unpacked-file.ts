import { typeOfName } from './file-types.ts';
import type { MimePart } from './mime-parts.ts';

/** A file that was found inside a part, not as one. */
export interface UnpackedFile {
  filename: string;
  bytes: Buffer;
  /** Told by where it was found; by the ending of its name when left out. */
  contentType?: string;
  contentId?: string | null;
}

/** The same as a part of its own. */
export function toFilePart({ filename, bytes, contentType, contentId }: UnpackedFile): MimePart {
  return {
    contentType: contentType ?? typeOfName(filename) ?? 'application/octet-stream',
    params: new Map(),
    disposition: contentId ? 'inline' : 'attachment',
    filename,
    contentId: contentId ?? null,
    encoding: 'binary',
    fields: [],
    bytes,
    children: [],
  };
}
