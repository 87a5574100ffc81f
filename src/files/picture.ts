import { fieldError } from '../errors.ts';

/** Content types that a picture may have, and the most bytes of it. */
export const PICTURE_TYPES = ['image/png', 'image/jpeg'] as const;
export const PICTURE_BYTES = 2 * 1024 * 1024;

/** Pixels of a side of the stored picture. */
const SIDE = 1024;
/** Pixels that are decoded: more than any camera makes of 2 MB, and few enough to be held (a bomb is refused by its header). */
const PIXELS = 50_000_000;
/** Seconds that one picture may take. */
const PATIENCE = 10;

/** Pixels of the longer side of a thumbnail, twice what is shown: screens are dense. */
const THUMBNAIL = 480;

const MAGIC = [
  { format: 'png', bytes: Buffer.from('89504e470d0a1a0a', 'hex') },
  { format: 'jpeg', bytes: Buffer.from('ffd8ff', 'hex') },
] as const;

/** Nothing but these two decoders ever sees a byte that came from outside. */
async function loadLibrary() {
  const { default: sharp } = await import('sharp');
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: ['VipsForeignLoadPng', 'VipsForeignLoadJpeg'] });
  sharp.cache(false);
  return sharp;
}
/** Loaded when the first picture comes, and once: while its decoders are being switched, another picture would find none. */
let library: ReturnType<typeof loadLibrary> | null = null;

/**
 * A picture made anew from its pixels: JPEG, at most 1024×1024, upright, without any metadata (place, camera, comments) and without whatever else
 * the file was. Throws a field error for what is no whole PNG or JPEG, whatever it is called.
 */
export async function normalizePicture(bytes: Buffer, field = 'picture'): Promise<Buffer> {
  if (!isPicture(bytes)) throw fieldError(field, 'must be a PNG or JPEG image');
  return redraw(bytes, SIDE).catch(() => {
    throw fieldError(field, 'is damaged, or larger than can be read');
  });
}

/** Whether a small picture can be made of a file. */
export function hasThumbnail({ contentType }: { contentType: string }): boolean {
  return (PICTURE_TYPES as readonly string[]).includes(contentType);
}

/** A small JPEG of a PNG or JPEG, made from its pixels; null for what is none, is damaged, or is larger than can be read. */
export async function makeThumbnail(bytes: Buffer): Promise<Buffer | null> {
  return isPicture(bytes) ? redraw(bytes, THUMBNAIL).catch(() => null) : null;
}

const isPicture = (bytes: Buffer) => MAGIC.some((known) => bytes.subarray(0, known.bytes.length).equals(known.bytes));

async function redraw(bytes: Buffer, side: number): Promise<Buffer> {
  const sharp = await (library ??= loadLibrary());
  return sharp(bytes, { limitInputPixels: PIXELS, failOn: 'truncated' })
    .timeout({ seconds: PATIENCE })
    .autoOrient()
    .resize({ width: side, height: side, fit: 'inside', withoutEnlargement: true })
    .flatten({ background: '#ffffff' })
    .jpeg({ quality: 85 })
    .toBuffer();
}
