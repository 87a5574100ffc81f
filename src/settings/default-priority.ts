import type { Settings } from './schema.ts';

/** The priority of a new ticket that names none; null: staff say it. */
export function defaultPriority({ default_priority }: Settings): Exclude<Settings['default_priority'], 'none'> | null {
  return default_priority === 'none' ? null : default_priority;
}
