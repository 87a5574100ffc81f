import { z } from 'zod';
import type { DESK_PATHS } from '../paths/desk.ts';
import { EVERYONE, route, type Route } from '../route.ts';
import * as schema from '../schemas.ts';

const options = z.object({
  categories: z.array(
    z.object({ id: z.int(), name: z.string(), sub_categories: z.array(z.object({ id: z.int(), name: z.string() })) }),
  ),
  departments: z.array(z.object({ id: z.int(), name: z.string() })),
  priorities: z.array(schema.priority),
  /** Who can be assigned; staff only, else empty. */
  staff: z.array(schema.Person),
  /** bytes of one file, and files of one message */
  max_file_size: z.int(),
  max_files: z.int(),
});

export const deskRoutes = {
  desk: route({
    summary: 'What the sign-in page shows',
    access: 'anyone',
    response: z.object({ name: z.string(), support_address: z.string(), local: z.boolean() }),
  }),
  options: route({
    summary: 'Categories, departments, priorities and limits',
    scope: 'tickets:read',
    access: EVERYONE,
    response: options,
  }),
  openapi: route({ summary: 'This description', access: 'anyone', response: z.record(z.string(), z.unknown()) }),
} satisfies Record<keyof typeof DESK_PATHS, Route>;
