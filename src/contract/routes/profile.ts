import { z } from 'zod';
import { ROLES } from '../../tickets/lifecycle.ts';
import type { PROFILE_PATHS } from '../paths/profile.ts';
import { EVERYONE, idParams, route, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

/** A name that a person need not have. */
const orEmpty = (max: number) => schema.line(max).or(z.literal(''));
const locale = z.enum(['en', 'de']);
const preferences = z.object({
  /** A receipt for each ticket of one's own. */
  mail_receipts: z.boolean(),
  /** Changes of status that carry no words. */
  mail_status_changes: z.boolean(),
  /** New tickets, for coordinators. */
  mail_new_tickets: z.boolean(),
  /** What people write, for the staff who works on it. */
  mail_new_comments: z.boolean(),
  /** That a ticket is one's own now, for staff. */
  mail_assignments: z.boolean(),
  /** That a colleague named one in a comment or note, for staff. */
  mail_mentions: z.boolean(),
  /** What happens on tickets that one watches, for staff. */
  mail_watched: z.boolean(),
  /** The digest of each working day, for coordinators. */
  mail_digest: z.boolean(),
});
const profile = z.object({
  id: z.int(),
  company_id: z.string().nullable(),
  email: z.string(),
  role: z.enum(ROLES),
  first_name: z.string(),
  middle_name: z.string(),
  last_name: z.string(),
  suffix: z.string(),
  department: z.object({ id: z.int(), name: z.string() }).nullable(),
  locale,
  /** Below what staff writes in mails; empty: their name. */
  signature: z.string(),
  preferences,
  /** Path of the picture; null: there is none. */
  picture: z.string().nullable(),
  has_password: z.boolean(),
  password_changed_at: schema.time.nullable(),
  created_at: schema.time,
});

const changes = z.strictObject({
  first_name: schema.line(100).optional(),
  middle_name: orEmpty(100).optional(),
  last_name: schema.line(100).optional(),
  suffix: orEmpty(20).optional(),
  /** name or id; null: none */
  department: z.union([schema.line(100), z.int(), z.null()]).optional(),
  locale: locale.optional(),
  /** lines of text */
  signature: z.union([z.literal(''), schema.words(500)]).optional(),
  preferences: z.strictObject(preferences.partial().shape).optional(),
});

const none = z.object({});

export const profileRoutes = {
  readProfile: route({ summary: 'Your profile', access: EVERYONE, enrolment: true, response: profile }),
  updateProfile: route({
    summary: 'Change your profile; what is left out stays',
    access: EVERYONE,
    body: changes,
    response: profile,
  }),
  askEmailChange: route({
    summary: 'Have a link sent to the address that you want to have from now on',
    access: EVERYONE,
    recent: true,
    limits: ['change-email'],
    body: z.strictObject({ email: schema.address }),
    response: none,
  }),
  changeEmail: route({
    summary: 'Confirm a new address by the link that was sent to it',
    access: 'anyone',
    limits: ['link'],
    body: z.strictObject({ token: z.string().max(200) }),
    response: none,
  }),
  setPicture: route({
    summary: 'Your picture: the bytes of a PNG or JPEG image of at most 2 MB',
    access: EVERYONE,
    takes: 'raw',
    raw: { types: ['image/png', 'image/jpeg'], bytes: 2 * 1024 * 1024 },
    body: z.unknown(),
    response: profile,
  }),
  removePicture: route({ summary: 'Have no picture', access: EVERYONE, response: profile }),
  readPicture: route({
    summary: 'The picture of a person: your own, or of staff; staff see everybody',
    access: EVERYONE,
    scope: 'people:read',
    params: idParams,
    gives: 'stream',
    response: z.unknown(),
  }),
} satisfies Record<keyof typeof PROFILE_PATHS, Route>;
