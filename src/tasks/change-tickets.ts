import { z } from 'zod';
import { bulkChange } from '../contract/routes/tasks.ts';
import type { Transaction } from '../db/transaction.ts';
import { lockTicket } from '../tickets/access.ts';
import { assignTicket } from '../tickets/assign-ticket.ts';
import { editTicket } from '../tickets/edit-ticket.ts';
import { findAssignee } from '../tickets/find-assignee.ts';
import { findClassification } from '../tickets/find-category.ts';
import { transitionTicket } from '../tickets/transition-ticket.ts';
import type { Step } from './kinds.ts';

/** What the route took, and how it came. */
const input = bulkChange.extend({ channel: z.enum(['portal', 'api']) });
export type ChangeTickets = z.infer<typeof input>;

/** The same change to many tickets: what one of them refuses is no matter of the others. */
export const changeTickets = {
  input,
  lines: 'each' as const,
  parts: ({ ids }: ChangeTickets) => ids,
  async step(tx: Transaction, { actor, input: { action, channel }, id }: Step<ChangeTickets>): Promise<void> {
    const ticket = await lockTicket(tx, actor, id);
    if (action.type === 'assign') {
      const assignee = action.assignee === null ? null : await findAssignee(tx, action.assignee);
      return assignTicket(tx, ticket, { actor, assignee, channel });
    }
    if (action.type === 'change') return void (await editTicket(tx, ticket, { actor, channel, changes: action }));
    const { categoryId, subCategoryId } = await findClassification(tx, { category: action.category });
    await transitionTicket(tx, ticket, {
      ...{ name: action.name, actor, channel, categoryId, subCategoryId },
      ...(action.priority && { priority: action.priority }),
      ...(action.reason && { reason: action.reason }),
      ...(action.comment && { comment: action.comment }),
      ...(action.assignee && { assignee: await findAssignee(tx, action.assignee) }),
    });
  },
};
