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
  /** What a priority is called here; one without a name has the word of the reader's language. */
  priority_names: z.object({ critical: z.string(), high: z.string(), medium: z.string(), low: z.string() }).partial(),
  /** Of a new ticket that names none. */
  default_priority: schema.priority.nullable(),
  /** Who can be assigned; staff only, else empty. */
  staff: z.array(schema.Person),
  /** bytes of one file, and files of one message */
  max_file_size: z.int(),
  max_files: z.int(),
  /** Content types that are taken; `*` at the end of one stands for anything. */
  file_types: z.array(z.string()),
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
