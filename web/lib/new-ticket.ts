import { faultsOf, type FileLimits } from './files.ts';
import type { Priority } from './statuses.ts';
import type { Texts } from './texts/en.ts';

/** The longest subject that the desk takes, in characters. */
export const SUBJECT_MAX = 300;

/** The form of a new ticket as it is filled in. A category of `?` means not sure. `neededOn` is a day, 2026-12-01. */
export interface TicketForm {
  subject: string;
  category: string;
  subCategory: string;
  description: string;
  priority: Priority;
  neededOn: string;
}

/** The fields that can be wrong, by the id of their element. */
export type FieldName = 'subject' | 'category' | 'subCategory' | 'description' | 'files' | 'neededOn';

interface Rules {
  limits: FileLimits | null;
  /** how many categories there are to choose from */
  categories: number;
}

/** What is wrong with a form, in words, by field; empty when it may be sent. */
export function faultsOfTicket(
  form: TicketForm,
  files: readonly { name: string; size: number }[],
  { limits, categories }: Rules,
  { newTicket, files: words }: Texts,
): Partial<Record<FieldName, string>> {
  const wrong = limits ? faultsOf(files, limits).findIndex((fault) => fault !== undefined) : -1;
  const fileName = files[wrong]?.name;
  return {
    ...(form.subject.trim() === '' && { subject: newTicket.needSubject }),
    ...(form.subject.length > SUBJECT_MAX && { subject: newTicket.longSubject(SUBJECT_MAX) }),
    ...(categories > 0 && form.category === '' && { category: newTicket.needCategory }),
    ...(form.description.trim() === '' && { description: newTicket.needDescription }),
    ...(fileName !== undefined && { files: words.fix(fileName) }),
  };
}

/** The fields of the form by the names of the API; what was not chosen is left out. */
export function fieldsOfTicket({
  subject,
  category,
  subCategory,
  description,
  priority,
  neededOn,
}: TicketForm): Record<string, string> {
  const known = category !== '' && category !== '?';
  return {
    subject: subject.trim(),
    description: description.trim(),
    priority,
    ...(known && { category }),
    ...(known && subCategory !== '' && { sub_category: subCategory }),
    // The end of that working day where the requester is.
    ...(neededOn !== '' && { scheduled_for: new Date(`${neededOn}T17:00:00`).toISOString() }),
  };
}
