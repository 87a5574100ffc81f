/** Endings of file names and the media type each of them tells; the first of a type is how a nameless file of it ends. */
const TYPES: readonly (readonly [ending: string, type: string])[] = [
  ['txt', 'text/plain'],
  ['log', 'text/plain'],
  ['html', 'text/html'],
  ['htm', 'text/html'],
  ['csv', 'text/csv'],
  ['ics', 'text/calendar'],
  ['vcf', 'text/vcard'],
  ['xml', 'application/xml'],
  ['json', 'application/json'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['png', 'image/png'],
  ['gif', 'image/gif'],
  ['bmp', 'image/bmp'],
  ['tif', 'image/tiff'],
  ['tiff', 'image/tiff'],
  ['webp', 'image/webp'],
  ['heic', 'image/heic'],
  ['svg', 'image/svg+xml'],
  ['emf', 'image/emf'],
  ['wmf', 'image/wmf'],
  ['pdf', 'application/pdf'],
  ['rtf', 'application/rtf'],
  ['doc', 'application/msword'],
  ['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
  ['xls', 'application/vnd.ms-excel'],
  ['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['ppt', 'application/vnd.ms-powerpoint'],
  ['pptx', 'application/vnd.openxmlformats-officedocument.presentationml.presentation'],
  ['odt', 'application/vnd.oasis.opendocument.text'],
  ['ods', 'application/vnd.oasis.opendocument.spreadsheet'],
  ['zip', 'application/zip'],
  ['gz', 'application/gzip'],
  ['7z', 'application/x-7z-compressed'],
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
  ['mp4', 'video/mp4'],
  ['mov', 'video/quicktime'],
  ['avi', 'video/x-msvideo'],
  ['eml', 'message/rfc822'],
  ['p7m', 'application/pkcs7-mime'],
  ['p7s', 'application/pkcs7-signature'],
];
/** Other names of the same types. */
const ALIASES: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'image/pjpeg': 'image/jpeg',
  'image/x-png': 'image/png',
  'image/x-emf': 'image/emf',
  'image/x-wmf': 'image/wmf',
  'application/x-zip-compressed': 'application/zip',
  'application/x-pdf': 'application/pdf',
  'application/x-pkcs7-mime': 'application/pkcs7-mime',
  'application/x-pkcs7-signature': 'application/pkcs7-signature',
  'text/rtf': 'application/rtf',
  'text/xml': 'application/xml',
  'text/x-vcard': 'text/vcard',
  'audio/mp3': 'audio/mpeg',
  'audio/x-wav': 'audio/wav',
};
const BY_ENDING = new Map(TYPES);
const BY_TYPE = new Map([...TYPES].reverse().map(([ending, type]) => [type, ending]));

/** The media type that the ending of a file name tells, or null. */
export function typeOfName(filename: string): string | null {
  const dot = filename.lastIndexOf('.');
  return dot < 0 ? null : (BY_ENDING.get(filename.slice(dot + 1).toLowerCase()) ?? null);
}

/** How names of files of this type end, without a dot, or null. */
export function endingOfType(contentType: string): string | null {
  return BY_TYPE.get(ALIASES[contentType] ?? contentType) ?? null;
}
