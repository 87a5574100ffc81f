import { z } from 'zod';
import { SETTING_KEYS, SETTINGS, type SettingKey, type Settings } from '../../settings/schema.ts';
import type { SETTINGS_PATHS } from '../paths/settings.ts';
import { ADMINS, digits, id, idParams, route, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

/** The shape of a setting without its initial value, which would be filled in for a key that a change does not name. */
type Shape<K extends SettingKey> = z.ZodType<Settings[K], Settings[K]>;
const shapeOf = (key: SettingKey) => SETTINGS[key].unwrap() as z.ZodType;

const described = <V>(value: z.ZodType<V, V>) =>
  z.object({
    value,
    /** Its value before anybody set it. */
    initial: value,
    source: z.enum(['initial', 'admin', 'environment']),
    /** Why it cannot be changed here; null: it can. */
    reason: z.string().nullable(),
    updated_at: schema.time.nullable(),
    /** id of an employee */
    updated_by: z.int().nullable(),
  });
type Described = { [K in SettingKey]: ReturnType<typeof described<Settings[K]>> };
type Changes = { [K in SettingKey]: z.ZodOptional<z.ZodNullable<Shape<K>>> };

// TypeScript cannot see that each key keeps its own shape.
const everySetting = Object.fromEntries(
  SETTING_KEYS.map((key) => [key, described(shapeOf(key))]),
) as unknown as Described;
const everyChange = Object.fromEntries(
  SETTING_KEYS.map((key) => [key, shapeOf(key).nullable().optional()]),
) as unknown as Changes;

const RULES = [
  ...(['quarantine', 'raw_mail', 'sent_mail', 'tickets', 'contacts'] as const),
  ...(['sessions', 'account_mails', 'links'] as const),
] as const;

const settings = z.object({
  /** Grows with each change; say it when you change something. */
  version: z.int(),
  settings: z.object(everySetting),
});

/** Days to try out instead of those that are set. */
const tryDays = z.literal('0').transform(Number).or(digits(36_500)).optional();
const retention = z.object({
  results: z.array(
    z.object({
      /** What is deleted: mail in quarantine, the bytes of mail, tickets, people known from mail only, and what only served to sign in. */
      rule: z.enum(RULES),
      /** The setting that says the days; null: they are fixed. */
      setting: z.string().nullable(),
      /** 0: never */
      days: z.int(),
      /** How many would be deleted now: exact up to 10,000; beyond it stops counting and says so in `due_capped`. */
      due: z.int(),
      due_capped: z.boolean(),
      oldest: schema.time.nullable(),
      /** The last time that something was deleted by it; null: never, or nobody keeps book of it. */
      last: z.object({ at: schema.time, count: z.int() }).nullable(),
    }),
  ),
});

/** Not a number alone: it would be taken for an id where a name or an id is accepted. */
const name = schema.line(100).regex(/\D/, 'must not be a number');
const position = z.int().min(0).max(1_000_000);
const active = z.boolean();
const changes = z.strictObject({ name: name.optional(), active: active.optional(), position: position.optional() });

const department = z.object({
  id: z.int(),
  name: z.string(),
  /** false: no longer offered for new tickets. */
  active,
  /** Their order on screen. */
  position,
  /** It cannot be deleted, only deactivated. */
  in_use: z.boolean(),
});
const subCategory = department;
const category = department.extend({ sub_categories: z.array(subCategory) });
const nothing = z.object({});

export const settingsRoutes = {
  readSettings: route({
    summary: 'Everything an admin configures, with where each value comes from',
    access: ADMINS,
    scope: 'settings:read',
    response: settings,
  }),
  changeSettings: route({
    summary: 'Change settings: those named, all or none; null takes one back to its initial value',
    access: ADMINS,
    scope: 'settings:write',
    recent: true,
    body: z.strictObject({ version: z.int().min(0), ...everyChange }),
    response: settings,
  }),
  foreseeRetention: route({
    summary:
      'What would be deleted now for its age: by the settings, or with other days, to see it before they are set',
    access: ADMINS,
    scope: 'settings:read',
    query: z.strictObject({
      retention_days: tryDays,
      retention_quarantine_days: tryDays,
      retention_tickets_days: tryDays,
    }),
    response: retention,
  }),
  listDepartments: route({
    summary: 'All departments, also those no longer offered',
    access: ADMINS,
    scope: 'settings:read',
    response: z.object({ results: z.array(department) }),
  }),
  createDepartment: route({
    summary: 'Add a department; its name is new in any case of letters',
    access: ADMINS,
    scope: 'settings:write',
    body: z.strictObject({ name, position: position.optional() }),
    response: department,
    status: 201,
  }),
  changeDepartment: route({
    summary: 'Rename, reorder, deactivate or activate a department',
    access: ADMINS,
    scope: 'settings:write',
    params: idParams,
    body: changes,
    response: department,
  }),
  deleteDepartment: route({
    summary: 'Delete a department that nothing refers to',
    access: ADMINS,
    scope: 'settings:write',
    params: idParams,
    response: nothing,
  }),
  listCategories: route({
    summary: 'All categories with their sub-categories, also those no longer offered',
    access: ADMINS,
    scope: 'settings:read',
    response: z.object({ results: z.array(category) }),
  }),
  createCategory: route({
    summary: 'Add a category, or with `parent` a sub-category; its name is new below its parent',
    access: ADMINS,
    scope: 'settings:write',
    body: z.strictObject({ name, parent: id.or(z.int().positive()).optional(), position: position.optional() }),
    response: category,
    status: 201,
  }),
  changeCategory: route({
    summary: 'Rename, reorder, deactivate or activate a category or sub-category',
    access: ADMINS,
    scope: 'settings:write',
    params: idParams,
    body: changes,
    response: category,
  }),
  deleteCategory: route({
    summary: 'Delete a category, with its sub-categories, that no ticket refers to',
    access: ADMINS,
    scope: 'settings:write',
    params: idParams,
    response: nothing,
  }),
} satisfies Record<keyof typeof SETTINGS_PATHS, Route>;
