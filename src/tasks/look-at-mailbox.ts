import { z } from 'zod';
import type { MailboxTools, TaskReport } from '../mail/doctor/mailbox-tools.ts';

const input = z.strictObject({ mailbox: z.int().positive(), probe: z.boolean() });
type Input = z.infer<typeof input>;

const parts = ({ mailbox }: Input) => [mailbox];
/** There is nothing to be done beside looking. */
const step = () => Promise.resolve();

/** The mailbox doctor. */
export const examineMailbox = {
  input,
  lines: 'each' as const,
  roles: ['admin'] as const,
  parts,
  step,
  look: (tools: MailboxTools, { probe }: Input, id: number): Promise<TaskReport> => tools.examine(id, { probe }),
};

/** The dry run. */
export const rehearseMailbox = {
  input,
  lines: 'each' as const,
  roles: ['admin'] as const,
  parts,
  step,
  look: (tools: MailboxTools, _input: Input, id: number): Promise<TaskReport> => tools.rehearse(id),
};
