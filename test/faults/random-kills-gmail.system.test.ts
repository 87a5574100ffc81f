import { randomInt } from 'node:crypto';
import { test } from 'vitest';
import { startDnsServer } from '../support/dns-server.ts';
import { startGmailServer } from '../support/gmail/gmail-server.ts';
import { useFaultDesks } from './fault-desk.ts';
import { surviveRandomKills } from './random-kills.ts';

const newDesk = useFaultDesks();
/** Gmail's quota lets a desk take four messages a second: the milliseconds that 200 of them take, and a minute. */
const QUOTA = 120_000;

test.concurrent.for([Number(process.env['SEED'] ?? 1), randomInt(2 ** 31)])(
  'M19 on Gmail, seed %i: kill -9 again and again while 200 messages arrive: none is lost, none is doubled',
  { timeout: 400_000 },
  async (seed, { onTestFinished }) => {
    const [server, dns] = await Promise.all([startGmailServer(), startDnsServer()]);
    onTestFinished(async () => {
      await server.stop();
      await dns.stop();
    });
    const { mailbox, oauth } = server;
    const env = {
      ...{ GMAIL_API_URL: server.url, GMAIL_HISTORY: 'live', DNS_SERVERS: dns.address },
      ...{ GMAIL_CLIENT_ID: oauth.client.id, GMAIL_CLIENT_SECRET: oauth.client.secret },
      GMAIL_REFRESH_TOKEN: oauth.grant(mailbox.address),
    };
    const desk = await newDesk(env, () => Promise.resolve(mailbox.named('SmartSupport')));
    const deliver = (raw: string) => Promise.resolve(mailbox.deliver(raw));
    const held = () => Promise.resolve(mailbox.messages.size);
    await surviveRandomKills({ desk, deliver, held, patience: QUOTA }, seed);
  },
);
