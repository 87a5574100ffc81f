/** A mail in three pieces with a file of 200 KB, or of so many lines of 25 bytes, so that there is a middle to die in. */
export function mailWithFile({
  id,
  subject,
  to = 'support@desk.example',
  lines = 8000,
}: NewMail & { lines?: number }): string {
  return `From: Grace Hopper <grace@navy.example>
To: ${to}
Subject: ${subject}
Message-ID: <${id}@navy.example>
Date: Mon, 05 Jan 2026 08:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=cut

--cut
Content-Type: text/plain; charset=utf-8

There is a moth in relay 70.

--cut
Content-Type: text/plain; name=log.txt
Content-Disposition: attachment; filename=log.txt

${'relay open, relay closed\n'.repeat(lines)}
--cut--
`;
}

/** A few lines of plain text. */
export function shortMail({ id, subject, to = 'support@desk.example' }: NewMail): string {
  return `From: Grace Hopper <grace@navy.example>
To: ${to}
Subject: ${subject}
Message-ID: <${id}@navy.example>
Date: Mon, 05 Jan 2026 08:00:00 +0000
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

There is a moth in relay 70.
`;
}

/** A mail of about so many bytes with one file in it, each line ended as on the wire. */
export function largeMail({ id, subject, to = 'support@desk.example', bytes }: NewMail & { bytes: number }): string {
  const head = [
    'From: Grace Hopper <grace@navy.example>',
    `To: ${to}`,
    `Subject: ${subject}`,
    `Message-ID: <${id}@navy.example>`,
    'MIME-Version: 1.0',
    'Content-Type: application/zip; name=logs.zip',
    'Content-Transfer-Encoding: base64',
  ].join('\r\n');
  const line = `${'UEsDBBQA'.repeat(9)}\r\n`;
  return `${head}\r\n\r\n${line.repeat(Math.floor((bytes - head.length) / line.length))}`;
}

export interface NewMail {
  /** Left of the @ of its Message-ID. */
  id: string;
  subject: string;
  to?: string;
}
