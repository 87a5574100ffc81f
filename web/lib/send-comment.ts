import type { Output } from '#contract/client.ts';
import { ask } from './session.svelte.ts';
import { uploadWith } from './upload.ts';

/** Fields and files as a multipart form; files go in `attachments`. */
export function formOf(fields: Record<string, string>, files: readonly File[]): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  for (const file of files) form.append('attachments', file, file.name);
  return form;
}

export type Progress = (sent: number, all: number) => void;

/** A reply or a note. `draft`: the version of the one that the desk keeps, which is gone with it; its files go along. */
export type NewComment = ({ body: string } | { body_html: string }) & {
  visibility: 'public' | 'internal';
  files: readonly File[];
  draft?: number | undefined;
  /** It waits for the time in which it can be taken back, or goes out at a time. */
  undo?: boolean;
  send_at?: string;
  /** What it does to the status. */
  move?: 'wait';
};

/** Adds a reply or a note to a ticket. Throws ApiError. */
export function sendComment(
  id: number,
  { files, draft, undo, ...words }: NewComment,
  progress: Progress = () => undefined,
): Promise<Output<'addComment'>> {
  const params = { id: String(id) };
  if (files.length === 0)
    return ask('addComment', { params, body: { ...words, ...(draft && { draft }), ...(undo && { undo }) } });
  const fields = { ...words, ...(draft && { draft: String(draft) }), ...(undo && { undo: 'true' }) };
  return ask('addComment', { params, body: formOf(fields, files) }, uploadWith(progress));
}

/** Opens a ticket. Throws ApiError. */
export function sendTicket(
  fields: Record<string, string>,
  files: readonly File[],
  progress: Progress,
): Promise<Output<'openTicket'>> {
  return ask('openTicket', { body: formOf(fields, files) }, uploadWith(progress));
}
