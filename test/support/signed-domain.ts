import { generateKeyPairSync } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { startDnsServer, type DnsServer } from './dns-server.ts';

/** A domain of the outside world whose mail proves where it comes from, and which asks to reject what does not. */
export interface SignedDomain {
  dns: DnsServer;
  /** A mail with a DKIM signature (RFC 6376) of the domain. */
  sign(raw: string): Promise<string>;
  stop(): Promise<void>;
}

const SELECTOR = 'post';

/** Publishes a new key and a DMARC policy of `reject` (RFC 7489) for `domain` on a name server of its own. */
export async function startSignedDomain(domain: string): Promise<SignedDomain> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const dns = await startDnsServer({
    [`${SELECTOR}._domainkey.${domain}`]: `v=DKIM1; k=rsa; p=${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}`,
    [`_dmarc.${domain}`]: 'v=DMARC1; p=reject',
  });
  const signer = createTransport({
    streamTransport: true,
    buffer: true,
    newline: 'windows',
    dkim: {
      domainName: domain,
      keySelector: SELECTOR,
      privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    },
  });
  const envelope = { from: `postmaster@${domain}`, to: `nobody@${domain}` };
  return {
    dns,
    sign: async (raw) => String((await signer.sendMail({ envelope, raw: raw.replace(/\r?\n/g, '\r\n') })).message),
    stop: () => dns.stop(),
  };
}
