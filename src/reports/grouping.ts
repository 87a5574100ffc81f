import type { Sql } from '../db/keyset.ts';
import type { Asked } from './report.ts';

/** What tickets can be counted by. */
export type By = 'day' | 'category' | 'department' | 'channel' | 'priority';

/** How a group is known, as SQL on `t`, and which filters of the list of tickets show it. */
export interface Grouping {
  key: (asked: Asked) => Sql;
  join: string;
  list: (key: string | null) => Record<string, string>;
}

const NONE = '–';

export const GROUPINGS: Record<By, Grouping> = {
  day: {
    key: ({ timeZone }) => ({ sql: `to_char(t.created_at at time zone ?, 'YYYY-MM-DD')`, params: [timeZone] }),
    join: '',
    list: () => ({}), // the list's dates are set from the day
  },
  category: {
    key: () => ({ sql: 'g.name', params: [] }),
    join: 'left join category g on g.id = t.category_id',
    list: (key) => ({ category: key ?? 'none' }),
  },
  department: {
    key: () => ({ sql: 'g.name', params: [] }),
    join: 'left join department g on g.id = t.department_id',
    list: (key) => ({ department: key ?? 'none' }),
  },
  channel: { key: () => ({ sql: 't.channel', params: [] }), join: '', list: (key) => ({ channel: key ?? '' }) },
  priority: { key: () => ({ sql: 't.priority', params: [] }), join: '', list: (key) => ({ priority: key ?? 'none' }) },
};

export const labelOf = (key: string | null) => key ?? NONE;
