import { addPushMailbox, signPush } from '../../support/mailboxes.ts';
import type { Sample, World } from '../samples.ts';

let turn = 0;

async function pushed({ desk }: World) {
  const { id, secret } = await addPushMailbox(desk);
  const body = `From: ana@maravia.example\r\nSubject: Sample\r\nMessage-ID: <sample${++turn}@maravia.example>\r\n\r\nWords\r\n`;
  return { params: { mailbox: id }, body, headers: signPush(secret, body) };
}

export const inboundSamples = {
  // Its right is its signature: whoever can sign may push, whoever they are.
  pushMessage: { own: pushed, foreign: pushed },
} satisfies Record<string, Sample>;
