import { call, type Output } from '#contract/client.ts';
import { handOver } from './save-file.ts';

export type StatusPage = Output<'readByLink'>;

/** What a status link opens. The token goes in bodies only: an address ends in logs. Each throws ApiError. */
export function ticketBy(token: string) {
  return {
    read: () => call('readByLink', { body: { token } }),
    reply: (body: string) => call('replyByLink', { body: { token, body } }),
    answer: (solved: boolean) => call('answerByLink', { body: { token, solved } }),
    async save(file: number, name: string): Promise<void> {
      const response = await fetch('/api/status-link/file', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token, file }),
      });
      if (!response.ok) throw new Error(response.statusText);
      handOver(await response.blob(), name);
    },
  };
}
