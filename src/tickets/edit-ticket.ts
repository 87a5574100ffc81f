import type { Transaction } from '../db/transaction.ts';
import type { Employee } from '../people/employee.ts';
import { assignTicket } from './assign-ticket.ts';
import { changeTicket } from './change-ticket.ts';
import { chooseAssignee, type AssigneeRule } from './choose-assignee.ts';
import { findAssignee } from './find-assignee.ts';
import { findClassification, type NameOrId } from './find-category.ts';
import type { LockedTicket } from './locked-ticket.ts';
import type { TicketEvent } from './ticket-event.ts';
import type { Priority } from './ticket.ts';

/** As a client names it: what is left out stays, null takes it away. */
export interface TicketEdit {
  subject?: string | undefined;
  priority?: Priority | undefined;
  category?: NameOrId | null | undefined;
  sub_category?: NameOrId | null | undefined;
  department?: NameOrId | null | undefined;
  scheduled_for?: string | null | undefined;
  assignee?: number | AssigneeRule | null | undefined;
}

/** Finds what a client named and changes a locked ticket by it: 400 at the field for what is not there. */
export async function editTicket(
  tx: Transaction,
  ticket: LockedTicket,
  { actor, channel, changes }: { actor: Employee; channel: TicketEvent['channel']; changes: TicketEdit },
): Promise<void> {
  const { subject, priority, category, sub_category, department, scheduled_for, assignee } = changes;
  const named = { category: category ?? undefined, sub_category: sub_category ?? undefined };
  const found = await findClassification(tx, { ...named, department: department ?? undefined });
  const touched = category !== undefined || sub_category !== undefined;
  await changeTicket(tx, ticket, {
    actor,
    channel,
    changes: {
      ...{ subject, priority },
      // A sub-category alone brings its category with it; taken away alone it leaves the category.
      ...(touched && { subCategoryId: found.subCategoryId }),
      ...((category !== undefined || found.categoryId !== null) && { categoryId: found.categoryId }),
      ...(department !== undefined && { departmentId: found.departmentId }),
      ...(scheduled_for !== undefined && { scheduledFor: scheduled_for === null ? null : new Date(scheduled_for) }),
    },
  });
  if (assignee === undefined) return;
  const chosen = typeof assignee === 'number' ? await findAssignee(tx, assignee) : null;
  const ruled = typeof assignee === 'string' ? await chooseAssignee(tx, ticket, assignee) : null;
  await assignTicket(tx, ticket, { actor, channel, assignee: chosen ?? ruled });
}
