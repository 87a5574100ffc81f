import type { Output } from '#contract/client.ts';
import { PRIORITY_BARS, type Priority } from './statuses.ts';

export type DescribedSettings = Output<'readSettings'>['settings'];
export type SettingName = keyof DescribedSettings;

/** How a setting is edited. */
export type Kind = 'text' | 'lines' | 'zone' | 'select' | 'number' | 'megabytes' | 'switch' | 'list' | 'priorities';

/** Every setting in the order of the page, and how it is edited. */
export const SETTING_GROUPS = {
  organisation: {
    organisation_name: 'text',
    organisation_address: 'lines',
    support_address: 'text',
    locale: 'select',
    time_zone: 'zone',
  },
  people: {
    registration: 'select',
    registration_domains: 'list',
    coordinator_scope: 'select',
    staff_second_factor: 'switch',
  },
  tickets: {
    default_priority: 'select',
    priority_names: 'priorities',
    undo_send_seconds: 'number',
    auto_close_days: 'number',
    feature_acknowledgements: 'switch',
    quote_history: 'switch',
    status_link_days: 'number',
  },
  files: {
    feature_uploads: 'switch',
    max_file_size: 'megabytes',
    max_files: 'number',
    file_types: 'list',
    virus_scanner: 'text',
  },
  mail: {
    max_message_bytes: 'megabytes',
    mails_per_domain: 'number',
    retention_days: 'number',
    retention_quarantine_days: 'number',
    retention_tickets_days: 'number',
  },
  programs: { feature_api_keys: 'switch', workflow_system: 'text' },
} as const satisfies Record<string, Partial<Record<SettingName, Kind>>>;
export type SettingGroup = keyof typeof SETTING_GROUPS;

/** What may be chosen for the settings that are a choice. */
export const SETTING_CHOICES: Partial<Record<SettingName, readonly string[]>> = {
  locale: ['en', 'de'],
  registration: ['open', 'domains', 'closed'],
  coordinator_scope: ['all', 'departments'],
  default_priority: ['none', 'critical', 'high', 'medium', 'low'],
};

export const PRIORITIES = Object.keys(PRIORITY_BARS) as Priority[];

/** A setting while it is edited: text, a tick, or a text for each priority. */
export type Draft = string | boolean | Record<Priority, string>;

const MEGABYTE = 1_000_000;

/** What stands in the field of a setting. */
export function draftOf(kind: Kind, value: unknown): Draft {
  if (kind === 'switch') return value === true;
  if (kind === 'list') return (value as string[]).join('\n');
  if (kind === 'megabytes') return String(Number(value) / MEGABYTE);
  if (kind === 'priorities') {
    const names = value as Partial<Record<Priority, string>>;
    return Object.fromEntries(PRIORITIES.map((name) => [name, names[name] ?? ''])) as Record<Priority, string>;
  }
  return String(value);
}

/** The value of a setting as the API takes it; a number that is none stays text, for the API to refuse. */
export function valueOf(kind: Kind, draft: Draft): unknown {
  if (typeof draft === 'boolean') return draft;
  if (typeof draft !== 'string') {
    return Object.fromEntries(Object.entries(draft).filter(([, name]) => name.trim() !== ''));
  }
  const text = draft.trim();
  if (kind === 'list') return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
  if (kind !== 'number' && kind !== 'megabytes') return text;
  const number = Number(text.replace(',', '.'));
  if (text === '' || Number.isNaN(number)) return text;
  return kind === 'number' ? number : Math.round(number * MEGABYTE);
}

export const sameDraft = (a: Draft, b: Draft): boolean => JSON.stringify(a) === JSON.stringify(b);
