import { z } from 'zod';

const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .regex(/^\P{Cc}*$/u, 'must be one line');
const domain = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, 'must be a domain such as example.com');

/**
 * Everything an admin configures, by its key: its shape, and its value before anybody set it. Browser-safe. The shape is checked on the way
 * in and on the way out.
 */
export const SETTINGS = {
  /** What the desk calls itself. */
  organisation_name: z.string().trim().min(1).max(100).default('SmartSupport'),
  organisation_address: z.string().trim().max(500).default(''),
  /** Language of people who have chosen none. */
  locale: z.enum(['en', 'de']).default('en'),
  /** IANA name; times in mails and reports. */
  time_zone: z
    .string()
    .refine((zone) => Intl.supportedValuesOf('timeZone').includes(zone) || zone === 'UTC', 'must be an IANA time zone')
    .default('UTC'),
  /** open: anyone; domains: addresses of `registration_domains`; closed: accounts are made by admins. */
  registration: z.enum(['open', 'domains', 'closed']).default('open'),
  registration_domains: z.array(domain).max(100).default([]),
  /** all: a coordinator sees every ticket; departments: those of their departments, and those without one. */
  coordinator_scope: z.enum(['all', 'departments']).default('all'),
  /** Staff must set up a second factor before they can do anything else. */
  staff_second_factor: z.boolean().default(false),
  /** Kinds of files that are taken, by content type; `*` at the end of a kind stands for all of it. */
  file_types: z
    .array(line(100))
    .max(200)
    .default([
      'image/*',
      'text/plain',
      'text/csv',
      'application/pdf',
      'application/zip',
      'application/msword',
      'application/vnd.*',
    ]),
  /** bytes of one file */
  max_file_size: z.int().min(1000).max(100_000_000).default(25_000_000),
  /** files of one message */
  max_files: z.int().min(1).max(50).default(10),
  /** Days after which a resolved ticket closes by itself; 0: never. */
  auto_close_days: z.int().min(0).max(365).default(7),
  /** Days after which the raw mail of closed tickets may be deleted; 0: never. */
  retention_days: z.int().min(0).max(36_500).default(0),
} as const satisfies Record<string, z.ZodType>;

export type SettingKey = keyof typeof SETTINGS;
export type Settings = { [K in SettingKey]: z.output<(typeof SETTINGS)[K]> };
export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];
