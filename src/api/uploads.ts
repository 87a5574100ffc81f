import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { AppError, fieldError } from '../errors.ts';
import { faultPoint } from '../fault-point.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { cleanFilename } from '../files/clean-filename.ts';
import { refusedType } from '../files/refused-type.ts';
import { HEAD_BYTES, typeOfContent } from '../files/type-of-content.ts';
import type { Settings } from '../settings/schema.ts';
import type { NewFile } from '../tickets/new-comment.ts';
import { readForm } from './read-form.ts';

/** What a message may bring along, as the settings say. */
export interface UploadLimits {
  /** bytes of one file */
  size: number;
  /** files of one message; 0: none are taken */
  count: number;
  /** content types, as in the setting `file_types` */
  types: readonly string[];
}

export function uploadLimits(settings: Settings): UploadLimits {
  const { feature_uploads, max_file_size, max_files, file_types } = settings;
  return { size: max_file_size, count: feature_uploads ? max_files : 0, types: file_types };
}

export interface Upload {
  fields: Record<string, string>;
  files: NewFile[];
}

/**
 * Reads a form with the files of a message. Each file of the field `attachments` is streamed into the blob store while it arrives;
 * what a refused request leaves there belongs to no row and is collected later.
 */
export async function readUpload(request: IncomingMessage, blobs: BlobStore, limits: UploadLimits): Promise<Upload> {
  if (!(await blobs.hasRoom(limits.size)))
    throw new AppError(
      'unavailable',
      'The desk has no room for files right now. Nothing was stored: tell an admin, and try again.',
    );
  return readForm(request, {
    field: 'attachments',
    count: limits.count,
    take(stream, { filename, mimeType }) {
      const named = { filename: cleanFilename(filename), contentType: cleanType(mimeType) };
      refuseType(limits, named);
      return blobs.putStream(stream, limits.size).then(
        async ({ sha256, size }) => {
          faultPoint('FU1');
          const contentType = await typeOfContent(await headOf(blobs, { sha256, size }), named.contentType);
          refuseType(limits, { ...named, contentType });
          return { sha256, size, ...named, contentType, inline: false, contentId: null };
        },
        (error: unknown) => Promise.reject(explain(error, limits.size)),
      );
    },
  });
}

function refuseType({ types }: UploadLimits, named: { filename: string; contentType: string }): void {
  const refused = refusedType(types, named);
  if (refused !== null)
    throw fieldError('attachments', `"${named.filename}" is not taken: files of type ${refused} are not`);
}

async function headOf(blobs: BlobStore, { sha256, size }: { sha256: string; size: number }): Promise<Buffer> {
  if (size === 0) return Buffer.alloc(0);
  return buffer(blobs.stream(sha256, { start: 0, end: Math.min(size, HEAD_BYTES) - 1 }));
}

function explain(error: unknown, size: number): Error {
  if (error instanceof AppError && error.code === 'payload_too_large')
    return new AppError('payload_too_large', `A file may have ${size} bytes`, {
      attachments: ['is too large'],
    });
  return error instanceof Error ? error : new Error(String(error));
}

/** Only a plain `type/subtype`; anything else is unknown bytes. */
export function cleanType(type: string): string {
  return /^[a-z0-9.+-]{1,60}\/[a-z0-9.+-]{1,100}$/i.test(type) ? type.toLowerCase() : 'application/octet-stream';
}
