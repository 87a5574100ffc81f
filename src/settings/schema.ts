import { z } from 'zod';

/** Half a surrogate pair is refused by PostgreSQL in jsonb. */
const words = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');
/** It may stand in a mail header. */
const line = (max: number) =>
  // eslint-disable-next-line no-control-regex
  words(max).regex(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$/, 'must be one line without control characters');
const lines = (max: number) =>
  // eslint-disable-next-line no-control-regex
  words(max).regex(/^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f]*$/, 'must not contain control characters');
const domain = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/, 'must be a domain such as example.com');
const fileType = z
  .string()
  .trim()
  .toLowerCase()
  .max(100)
  .regex(
    /^(\*|[a-z0-9.+-]+\/([a-z0-9.+-]+\*?|\*))$/,
    'must be a content type such as image/png, image/* or application/vnd.ms-*, or * for all',
  );
/** 0: never */
const days = z.int().min(0).max(36_500).default(0);
const PRIORITIES = ['critical', 'high', 'medium', 'low'] as const;

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z_]+(\/[A-Za-z0-9_+-]+){0,2}$/.test(name)) return false; // an offset such as +01:00 knows no summer
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

/**
 * Everything an admin configures, by its key: its shape, and its value before anybody set it. Browser-safe. The shape is checked on the way
 * in and on the way out.
 */
export const SETTINGS = {
  /** What the desk calls itself, on screen and in mail. */
  organisation_name: line(100).min(1).default('SmartSupport'),
  /** At the end of mails, as some laws ask for it. */
  organisation_address: lines(500).default(''),
  /** Where people write to. The environment decides. */
  support_address: z.string().default(''),
  /** Bytes of a mail that is taken. The environment decides. */
  max_message_bytes: z.int().default(50_000_000),
  /** Language of people who have chosen none. */
  locale: z.enum(['en', 'de']).default('en'),
  /** IANA name; times in mails and reports. */
  time_zone: z.string().max(100).refine(isTimeZone, 'must be an IANA time zone such as Europe/Berlin').default('UTC'),
  /** open: anyone; domains: addresses of `registration_domains`; closed: accounts are made by admins. */
  registration: z.enum(['open', 'domains', 'closed']).default('open'),
  registration_domains: z.array(domain).max(100).default([]),
  /** all: a coordinator sees every ticket; departments: those of their departments, and those without one. */
  coordinator_scope: z.enum(['all', 'departments']).default('all'),
  /** Staff must set up a second factor before they can do anything else. */
  staff_second_factor: z.boolean().default(false),
  /** What a priority is called on screen; one without a name has the word of the reader's language. Their order is fixed. */
  priority_names: z
    .strictObject({ critical: line(40), high: line(40), medium: line(40), low: line(40) })
    .partial()
    .default({}),
  /** Of a new ticket that names none. */
  default_priority: z.enum([...PRIORITIES, 'none']).default('none'),
  /**
   * Kinds of files that are taken in the portal and by the API, by content type; `*` at the end stands for anything, `application/octet-stream`
   * for files of unknown kind. What comes by mail is kept whatever it is.
   */
  file_types: z
    .array(fileType)
    .max(200)
    .default([
      ...['image/*', 'audio/*', 'video/*', 'text/plain', 'text/csv', 'text/calendar', 'text/xml', 'text/markdown'],
      ...[
        'message/rfc822',
        'application/pdf',
        'application/json',
        'application/xml',
        'application/rtf',
        'application/msword',
      ],
      ...[
        'application/zip',
        'application/x-zip-compressed',
        'application/gzip',
        'application/x-tar',
        'application/x-7z-compressed',
      ],
      ...['application/vnd.ms-excel', 'application/vnd.ms-powerpoint', 'application/vnd.ms-outlook'],
      ...['application/vnd.openxmlformats-officedocument.*', 'application/vnd.oasis.opendocument.*'],
    ]),
  /** bytes of one file */
  max_file_size: z.int().min(1000).max(100_000_000).default(25_000_000),
  /** files of one message */
  max_files: z.int().min(1).max(50).default(10),
  /** Seconds for which a public reply that asks for it can be taken back; 0: it goes out at once. */
  undo_send_seconds: z.int().min(0).max(120).default(15),
  /** Days after which a resolved ticket closes by itself; 0: never. */
  auto_close_days: z.int().min(0).max(365).default(7),
  /** Days after which the bytes of mail that came or was sent are deleted, when its ticket is over for as long or there is none; 0: never. */
  retention_days: days,
  /** Days after which mail in quarantine that nobody decided on is suppressed, and its bytes deleted; 0: never. */
  retention_quarantine_days: days,
  /** Days after which a ticket that is over and was left alone is deleted, with everything in it; 0: never. */
  retention_tickets_days: days,
  /** Whoever opens a ticket gets a receipt by mail. */
  feature_acknowledgements: z.boolean().default(true),
  /** Days for which the link of a mail opens its ticket without a password, for people without an account; 0: mails carry none. */
  /** Below a reply in a mail, the message that it answers. */
  quote_history: z.boolean().default(false),
  status_link_days: z.int().min(0).max(365).default(30),
  /** Mails that go out to one domain within a minute; those beyond wait their turn, those to others do not; 0: any number. */
  mails_per_domain: z.int().min(0).max(10_000).default(0),
  /** Files may be added to tickets and comments in the portal and by the API. */
  feature_uploads: z.boolean().default(true),
  /** Where tickets are sent once they are open; empty: nowhere. The environment decides. */
  workflow_system: z.string().default(''),
  /** What scans files for viruses; empty: nothing does. The environment decides. */
  virus_scanner: z.string().default(''),
  /** API keys are accepted. Switched off, they stay and are refused. */
  feature_api_keys: z.boolean().default(true),
} as const satisfies Record<string, z.ZodDefault<z.ZodType>>;

export type SettingKey = keyof typeof SETTINGS;
export type Settings = { [K in SettingKey]: z.output<(typeof SETTINGS)[K]> };
export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];
