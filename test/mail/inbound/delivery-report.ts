let turn = 0;

/** What a mail system says of a mail that it could not deliver. */
export interface Report {
  status?: string;
  action?: string;
  /** Message-ID of what is returned; null: nothing is. */
  about?: string | null;
  /** Where it was sent to: the envelope's sender. */
  to: string;
  /** Words instead of a delivery status (RFC 3464). */
  text?: string;
}

/** What a mail system writes when it could not deliver. */
export function report({ status = '5.1.1', action = 'failed', about = null, to, text }: Report): string {
  const head = [
    ...['From: Mail Delivery System <mailer-daemon@mx.maravia.example>', `To: ${to}`],
    ...[
      'Subject: Undelivered Mail Returned to Sender',
      `Message-ID: <dsn${++turn}@mx.maravia.example>`,
      'MIME-Version: 1.0',
    ],
  ];
  if (text !== undefined) return [...head, 'Content-Type: text/plain', '', text, ''].join('\r\n');
  const returned = about === null ? [] : ['--b', 'Content-Type: text/rfc822-headers', '', `Message-ID: ${about}`, ''];
  return [
    ...[...head, 'Auto-Submitted: auto-replied'],
    ...[
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
    ],
    ...[
      'It could not be delivered.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.maravia.example',
      '',
    ],
    ...['Final-Recipient: rfc822; gone@maravia.example', `Action: ${action}`, `Status: ${status}`],
    ...[`Diagnostic-Code: smtp; 550 ${status} no such user`, '', ...returned, '--b--', ''],
  ].join('\r\n');
}
