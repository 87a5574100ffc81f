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

export interface NewMail {
  /** Left of the @ of its Message-ID. */
  id: string;
  subject: string;
  to?: string;
}
