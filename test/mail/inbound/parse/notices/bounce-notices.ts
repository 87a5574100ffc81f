/**
 * What mail systems write when they could not deliver, without a delivery-status part: system, header, text. In all of
 * them bo@example.net is the recipient that failed, unless the fourth column says otherwise.
 */
export const BOUNCE_NOTICES: readonly (readonly [
  system: string,
  headers: Readonly<Record<string, string>>,
  text: string,
  recipients?: readonly string[],
])[] = [
  [
    'qmail',
    { From: 'MAILER-DAEMON@mx.example.com', Subject: 'failure notice' },
    "Hi. This is the qmail-send program at mx.example.com.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<bo@example.net>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 <bo@example.net>... User Unknown\nGiving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <desk@example.org>\nFrom: desk@example.org\nTo: bo@example.net\n",
  ],
  [
    'qmail in Japanese',
    { From: 'MAILER-DAEMON@mx.example.com', Subject: 'failure notice' },
    'こちらのメールは example.com のメールサーバから自動的に送信されています。\n\n<bo@example.net>:\n192.0.2.1_does_not_like_recipient./Remote_host_said:_550_unknown/\n\n--- Below this line is a copy of the message.\n',
  ],
  [
    'qmail, two recipients',
    { From: 'MAILER-DAEMON@mx.example.com', Subject: 'failure notice' },
    "I'm afraid I wasn't able to deliver your message to the following addresses.\n\n<bo@example.net>:\nThis address no longer accepts mail.\n\n<cy@example.net>:\nSorry, no mailbox here by that name. (#5.1.1)\n",
    ['bo@example.net', 'cy@example.net'],
  ],
  [
    'Exim',
    {
      From: 'Mail Delivery System <Mailer-Daemon@mx.example.com>',
      Subject: 'Mail delivery failed: returning message to sender',
    },
    'This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  bo@example.net\n    host mx.example.net [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:<bo@example.net>:\n    550 5.1.1 no such user\n\n------ This is a copy of the message, including all the headers. ------\n\nReturn-path: <desk@example.org>\nTo: bo@example.net, other@example.net\n',
  ],
  [
    'Exim, a pipe',
    {
      From: 'Mail Delivery System <Mailer-Daemon@mx.example.com>',
      Subject: 'Mail delivery failed: returning message to sender',
    },
    'A message that you sent could not be delivered to one or more of its\nrecipients. The following address(es) failed:\n\n  |/usr/bin/vacation bo\n    (generated from bo@example.net)\n    Child process of address_pipe transport returned 127\n',
  ],
  [
    'Exim, an alias',
    {
      From: 'Mail Delivery System <Mailer-Daemon@mx.example.com>',
      Subject: 'Mail delivery failed: returning message to sender',
    },
    'A message that you sent could not be delivered. The following address(es) failed:\n\n  bo.lind@store.example.net\n    (generated from bo@example.net)\n    mailbox is full: retry timeout exceeded\n',
  ],
  [
    'Sendmail 8',
    {
      From: 'Mail Delivery Subsystem <MAILER-DAEMON@mx.example.com>',
      Subject: 'Returned mail: see transcript for details',
    },
    'The original message was received at Mon, 5 Jan 2026 09:41:25 +0100\nfrom desk.example.org [192.0.2.9]\n\n   ----- The following addresses had permanent fatal errors -----\n<bo@example.net>\n    (reason: 550 5.1.1 <bo@example.net>... User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mx.example.net.:\n>>> DATA\n<<< 550 5.1.1 <bo@example.net>... User unknown\n550 5.1.1 <bo@example.net>... User unknown\n',
  ],
  [
    'Sendmail 5',
    { From: 'Mail Delivery Subsystem <MAILER-DAEMON@mx.example.com>', Subject: 'Returned mail: User unknown' },
    '   ----- Transcript of session follows -----\n... While talking to mx.example.net:\n>>> RCPT To:<bo@example.net>\n<<< 550 <bo@example.net>... User unknown\n550 <bo@example.net>... User unknown\n\n   ----- Unsent message follows -----\nReceived: from desk.example.org\nFrom: desk@example.org\nTo: bo@example.net\n',
  ],
  [
    'Postfix',
    { From: 'MAILER-DAEMON@mx.example.com (Mail Delivery System)', Subject: 'Undelivered Mail Returned to Sender' },
    "This is the mail system at host mx.example.com.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. It's attached below.\n\nFor further assistance, please send mail to postmaster.\n\n                   The mail system\n\n<bo@example.net>: host mx.example.net[192.0.2.1] said: 550 5.1.1\n    <bo@example.net>: Recipient address rejected: User unknown in virtual mailbox table\n    (in reply to RCPT TO command)\n",
  ],
  [
    'Postfix, an alias',
    { From: 'MAILER-DAEMON@mx.example.com (Mail Delivery System)', Subject: 'Undelivered Mail Returned to Sender' },
    '                   The mail system\n\n<bo.lind@store.example.net> (expanded from <bo@example.net>): unknown user:\n    "bo.lind"\n',
  ],
  [
    'Postfix, the sender refused',
    { From: 'MAILER-DAEMON@mx.example.com (Mail Delivery System)', Subject: 'Undelivered Mail Returned to Sender' },
    '                   The mail system\n\n<bo@example.net>: host mx.example.net[192.0.2.1] said: 550 5.7.1\n    <bounce+1@news.example.com>: Sender address rejected (in reply to RCPT\n    TO command)\n',
  ],
  [
    'Courier',
    { From: '"Courier mail server at mx.example.com" <@>', Subject: 'NOTICE: mail delivery status.' },
    'This is a delivery status notification from mx.example.com,\nrunning the Courier mail server, version 0.65.2.\n\nThe original message was received on Mon, 05 Jan 2026 09:41:25 +0100\nfrom localhost\n\n---------------------------------------------------------------------------\n\n                           UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<bo@example.net>:\n    mx.example.net [192.0.2.1]:\n>>> RCPT TO:<bo@example.net>\n<<< 550 5.1.1 <bo@example.net>... User Unknown\n',
  ],
  [
    'Exchange 5.5',
    { From: 'System Administrator <postmaster@example.com>', Subject: 'Undeliverable: Toner' },
    'Your message\n\n  To:      list@example.net\n  Subject: Toner\n  Sent:    Mon, 5 Jan 2026 09:41:25 +0100\n\ndid not reach the following recipient(s):\n\nbo@example.net on Mon, 5 Jan 2026 09:42:00 +0100\n    The recipient name is not recognized\n\tThe MTS-ID of the original message is: c=us;a= ;p=acme\n',
  ],
  [
    'Exchange 5.5, an X.400 address',
    { From: 'System Administrator <postmaster@example.com>', Subject: 'Undeliverable: Toner' },
    'Your message\n\n  To:      list@example.net\n  Subject: Toner\n\ndid not reach the following recipient(s):\n\nc=US;a= ;p=Acme;o=Store;dda:SMTP=bo@example.net; on Mon, 5 Jan 2026\n09:42:00 +0100\n    The recipient name is not recognized\n',
  ],
  [
    'Exchange 2007',
    { From: 'Microsoft Exchange <postmaster@example.com>', Subject: 'Undeliverable: Toner' },
    'Delivery has failed to these recipients or groups:\n\nbo@example.net<mailto:bo@example.net>\nThe e-mail address you entered could not be found.\n\nDiagnostic information for administrators:\n\nGenerating server: mx.example.com\n\nbo@example.net\n#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##\n\nOriginal message headers:\n\nReceived: from desk.example.org (192.0.2.9)\nTo: bo@example.net, other@example.net\n',
  ],
  [
    'Exchange 2007 in German',
    { From: 'postmaster@example.com', Subject: 'Unzustellbar: Toner' },
    'Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Verteilerlisten:\n\nbo@example.net<mailto:bo@example.net>\nDie eingegebene E-Mail-Adresse konnte nicht gefunden werden.\n\nDiagnoseinformationen für Administratoren:\n\nGenerierender Server: mx.example.com\n',
  ],
  [
    'Exchange 2007 in French',
    { From: 'postmaster@example.com', Subject: 'Non remis : Toner' },
    "Échec de la remise aux destinataires ou groupes suivants :\n\nbo@example.net<mailto:bo@example.net>\nL'adresse de messagerie entrée est introuvable.\n",
  ],
  [
    'Exchange 2007 in Spanish',
    { From: 'postmaster@example.com', Subject: 'No se puede entregar: Toner' },
    'No se pudo entregar a estos destinatarios o grupos:\n\nbo@example.net<mailto:bo@example.net>\nNo se encontró la dirección de correo electrónico especificada.\n',
  ],
  [
    'Exchange 2007 in Italian',
    { From: 'postmaster@example.com', Subject: 'Non recapitabile: Toner' },
    'Impossibile recapitare il messaggio ai seguenti destinatari o gruppi:\n\nbo@example.net<mailto:bo@example.net>\nImpossibile trovare l’indirizzo.\n',
  ],
  [
    'Office 365',
    {
      From: 'Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.com>',
      Subject: 'Undeliverable: Toner',
    },
    "Your message to bo@example.net couldn't be delivered.\n\nbo wasn't found at example.net.\n\ndesk\tOffice 365\tbo\nAction Required\t\tRecipient\n\nUnknown To address\n\nHow to Fix It\nThe address may be misspelled or may not exist.\n",
  ],
  [
    'Outlook.com',
    { From: 'postmaster@hotmail.example', Subject: 'Delivery Status Notification (Failure)' },
    'This is an automatically generated Delivery Status Notification.\n\nDelivery to the following recipients failed.\n\n       bo@example.net\n',
  ],
  [
    'Gmail, older',
    {
      From: 'Mail Delivery Subsystem <mailer-daemon@googlemail.example>',
      Subject: 'Delivery Status Notification (Failure)',
    },
    'This is an automatically generated Delivery Status Notification\n\nDelivery to the following recipient failed permanently:\n\n     bo@example.net\n\nTechnical details of permanent failure:\nGoogle tried to deliver your message, but it was rejected by the recipient domain.\n\n----- Original message -----\n\nTo: bo@example.net, other@example.net\n',
  ],
  [
    'Gmail, newer',
    {
      From: 'Mail Delivery Subsystem <mailer-daemon@googlemail.example>',
      Subject: 'Delivery Status Notification (Failure)',
    },
    "** Address not found **\n\nYour message wasn't delivered to bo@example.net because the address couldn't be found, or is unable to receive mail.\n\nLearn more here: https://support.google.com/mail/answer/6596\n\nThe response was:\n\n550 5.1.1 The email account that you tried to reach does not exist.\n",
  ],
  [
    'Gmail, newer, in German',
    {
      From: 'Mail Delivery Subsystem <mailer-daemon@googlemail.example>',
      Subject: 'Delivery Status Notification (Failure)',
    },
    '** Die Adresse wurde nicht gefunden **\n\nIhre Nachricht wurde nicht an bo@example.net zugestellt, weil die Adresse nicht gefunden wurde oder keine E-Mails empfangen kann.\n',
  ],
  [
    'Yahoo',
    { From: 'MAILER-DAEMON@yahoo.example', Subject: 'Failure Notice' },
    'Sorry, we were unable to deliver your message to the following address.\n\n<bo@example.net>:\nRemote host said: 550 5.1.1 User unknown [RCPT_TO]\n\n--- Below this line is a copy of the message.\n\nReceived: from web\nTo: bo@example.net\n',
  ],
  [
    'Domino',
    {
      From: 'Postmaster@example.com',
      Subject: 'DELIVERY FAILURE: User bo (bo@example.net) not listed in Domino Directory',
    },
    'Your message\n\n  Subject: Toner\n\nwas not delivered to:\n\n  bo@example.net\n\nbecause:\n\n  User bo (bo@example.net) not listed in Domino Directory\n',
  ],
  [
    'Notes',
    { From: '"Mail Router" <postmaster@example.com>', Subject: 'Undeliverable message' },
    '------- Failure Reasons  --------\n\nUser not listed in public Name & Address Book\nbo@example.net\n\n\n------- Returned Message --------\n\nReceived: from desk.example.org\nTo: other@example.net\n',
  ],
  [
    'GroupWise',
    { From: 'Mailer-Daemon@example.com', Subject: 'Message status - undeliverable' },
    'The message that you sent was undeliverable to the following:\n\tbo@example.net (user not found)\n\nPossibly truncated original message follows:\n',
  ],
  [
    'Sun Messaging Server',
    { From: 'Internet Mail Delivery <postmaster@example.com>', Subject: 'Delivery Notification: Delivery has failed' },
    'This report relates to a message you sent with the following header fields:\n\n  Message-id: <1@desk.example.org>\n  From: Desk <desk@example.org>\n  To: list@example.net\n  Subject: Toner\n\nYour message cannot be delivered to the following recipients:\n\n  Recipient address: bo@example.net\n  Reason: Remote SMTP server has rejected address\n  Diagnostic code: smtp;550 5.1.1 unknown\n',
  ],
  [
    'IMail',
    { From: 'Postmaster <postmaster@example.com>', Subject: 'Undeliverable Mail' },
    'Unknown user: bo@example.net\n\nOriginal message follows.\n\nReceived: from desk.example.org\nTo: other@example.net\n',
  ],
  [
    'IMail, mailbox full',
    { From: 'Postmaster <postmaster@example.com>', Subject: 'Undeliverable Mail' },
    'User mailbox exceeds allowed size: bo@example.net\n\nOriginal message follows.\n',
  ],
  [
    'Netscape',
    { From: 'Mail Administrator <Postmaster@example.com>', Subject: 'Mail System Error - Returned Mail' },
    'This Message was undeliverable due to the following reason:\n\nThe user(s) account is disabled.\n\n<bo@example.net>\n\nPlease reply to Postmaster@example.com\nif you feel this message to be in error.\n',
  ],
  [
    'InterMail',
    { From: 'Mail Administrator <Postmaster@example.com>', Subject: 'Mail System Error - Returned Mail' },
    'This Message was undeliverable due to the following reason:\n\nEach of the following recipients was rejected by a remote mail server.\nThe reasons given by the server are included to help you determine why\neach recipient was rejected.\n\n    Recipient: <bo@example.net>\n    Reason:    <bo@example.net>... User Unknown\n\nPlease reply to <Postmaster@example.com>\n',
  ],
  [
    'GMX',
    {
      From: 'GMX Mailer Daemon <mailer-daemon@gmx.example>',
      Subject: 'Mail delivery failed: returning message to sender',
    },
    'This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to\none or more of its recipients. The following addresses\nfailed:\n\n"bo@example.net"\nSMTP error from remote server after RCPT command:\nhost: mx.example.net\n5.1.1 <bo@example.net>... User Unknown\n\n\n--- The header of the original message is following. ---\n\nReceived: from desk\nTo: other@example.net\n',
  ],
  [
    '1&1',
    {
      From: 'Mail Delivery System <mailer-daemon@kundenserver.example>',
      Subject: 'Mail delivery failed: returning message to sender',
    },
    'This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its recipients. The following addresses failed:\n\n<bo@example.net>\n\nFor the following reason:\n\nMail size limit exceeded. For explanation visit\nhttp://postmaster.example.com/size\n',
  ],
  [
    'DragonFly',
    { From: 'MAILER-DAEMON <>', Subject: 'Mail delivery failed' },
    'This is the DragonFly Mail Agent v0.13 at desk.example.org.\n\nThere was an error delivering your mail to <bo@example.net>.\n\nmx.example.net [192.0.2.1] did not like our RCPT TO:\n550 5.1.1 <bo@example.net>: Recipient address rejected: User unknown\n\nOriginal message follows.\n\nTo: other@example.net\n',
  ],
  [
    'OpenSMTPD',
    { From: 'Mailer Daemon <MAILER-DAEMON@mx.example.com>', Subject: 'Delivery status notification: error' },
    '    Hi!\n\n    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.\n\n    An error has occurred while attempting to deliver a message for\n    the following list of recipients:\n\nbo@example.net: 550 5.2.2 <bo@example.net>... Mailbox Full\n\n    Below is a copy of the original message:\n\nReceived: from localhost\nTo: other@example.net\n',
  ],
  [
    'James',
    { From: 'Mailer-Daemon@mx.example.com', Subject: 'Re: Toner' },
    "Hi. This is the James mail server at mx.example.com.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out. Below\nI include the list of recipients and the reason why I was unable to deliver\nyour message.\n\nFailed recipient(s):\nbo@example.net\n\nError message:\n550 5.1.1 unknown\n",
  ],
  [
    'PowerMTA',
    { From: 'mailer-daemon@mx.example.com', Subject: 'Delivery report' },
    'Hello, this is the mail server on mx.example.com.\n\nI am sending you this message to inform you on the delivery status of a\nmessage you previously sent.  Immediately below you will find a list of\nthe affected recipients;  also attached is a Delivery Status Notification\n(DSN) report in standard format, as well as the headers of the original\nmessage.\n\n  <bo@example.net> \n\tdelivery failed; will not continue trying\n',
  ],
  [
    'MailMarshal',
    { From: 'postmaster@example.com', Subject: 'Undeliverable Mail: "Toner"' },
    'Your message:\n   From:    desk@example.org\n   Subject: Toner\nCould not be delivered because of\n\n550 5.1.1 User unknown\n\nThe following recipients were affected: \n    bo@example.net\n\nAdditional Information\n======================\nOriginal Sender:    <desk@example.org>\n',
  ],
  [
    'MailFoundry',
    { From: 'MAILER-DAEMON@mx.example.com', Subject: 'Message delivery has failed' },
    'This is a MIME encoded message.\n\nUnable to deliver message to: <bo@example.net>\nDelivery failed for the following reason:\nServer mx.example.net[192.0.2.1] failed with: 550 <bo@example.net> No such user here\n\nThis has been a permanent failure.  No further delivery attempts will be made.\n',
  ],
  [
    'mFILTER',
    { From: 'Mailer Daemon <MAILER-DAEMON@mx.example.com>', Subject: 'failure notice' },
    '-------server message\n550 5.1.1 unknown user <bo@example.net>\n-------SMTP command\nRCPT TO:<bo@example.net>\n-------original message\nReceived: from desk\nTo: other@example.net\n',
  ],
  [
    'MXLogic',
    {
      From: 'Mail Delivery System <Mailer-Daemon@mx.example.com>',
      Subject: 'Mail delivery failed: returning message to sender',
    },
    'This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to\none or more of its recipients. This is a permanent error.\n\nThe following address failed:\n\n  <bo@example.net>: 550 5.1.1 <bo@example.net>... User Unknown\n\nIncluded is a copy of the message header:\n-----------------------------------------\nTo: other@example.net\n',
  ],
  [
    'McAfee',
    { From: 'Mail Delivery Subsystem <postmaster@example.com>', Subject: 'Delivery Status' },
    '--- The following addresses had delivery problems ---\n\n<bo@example.net>   (User unknown bo@example.net)\n',
  ],
  [
    'SurfControl',
    { From: 'MAILER-DAEMON@mx.example.com', Subject: 'Message could not be delivered' },
    'Your message could not be sent.\nA transcript of the attempts to send the message follows.\nThe number of attempts made: 1\nAddressed To: bo@example.net\n\nMon 5 Jan 2026 09:41:25 +0100\nFailed to send to identified host,\nbo@example.net: [192.0.2.1], 550 unknown user\n--- Message non-deliverable.\n',
  ],
  [
    'Zoho',
    { From: 'mailer-daemon@mail.zoho.example', Subject: 'Undelivered Mail Returned to Sender' },
    'This message was created automatically by mail delivery software.\nA message that you sent could not be delivered to one or more of its recipients. This is a permanent error.\n\nbo@example.net Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 <bo@example.net>... User unknown\n\nReceived:from mail.zoho.example by mx\n',
  ],
  [
    'a gateway that tells the SMTP talk',
    { From: 'Mail Delivery System <MAILER-DAEMON@mx.example.com>', Subject: 'Mail delivery failed' },
    "We had trouble delivering your message. Full details follow:\n\nSubject: 'Toner'\nDate:    'Mon, 5 Jan 2026 09:41:25 +0000'\n\n1 error(s):\n\nSMTP Server <mx.example.net> rejected recipient <bo@example.net>\n  (following RCPT command). It responded as follows: [550 5.1.1 User unknown]\n",
  ],
  [
    'a portal',
    { From: 'MAILER-DAEMON@mail.example.com', Subject: 'Delivery Failure' },
    "Unable to deliver message to the following address(es).\n\n<bo@example.net>:\nThis user doesn't have a example.net account (bo@example.net) [0]\n\n--- Original message follows.\n\nReturn-Path: <desk@example.org>\n",
  ],
  [
    'a phone company',
    { From: 'post_master@sms.example.com', Subject: 'Re:Toner', 'Content-Language': 'en' },
    'Error: Invalid user address\n\nError message below:\n550 - Requested action not taken: no such user here\n\nMessage details:\n  Subject: Toner\n  Sent date: Mon Jan 05 09:41:25 GMT 2026\n  MAIL FROM: desk@example.org\n  RCPT TO: bo@example.net\n',
  ],
  [
    'a system in French',
    { From: 'MAILER-DAEMON@mx.example.com', Subject: "Échec de la remise d'un message" },
    "Bonjour,\n\nVotre message n'a pas pu être remis au destinataire suivant :\n\n<bo@example.net>\n\nRaison : 550 5.1.1 utilisateur inconnu\n",
  ],
  [
    'a system in German',
    { From: 'Mail Delivery System <mailer-daemon@mx.example.com>', Subject: 'Mail konnte nicht zugestellt werden' },
    'Ihre Nachricht konnte an folgende Adresse nicht zugestellt werden:\n\nbo@example.net\n\nGrund: 550 5.1.1 unbekannter Benutzer\n',
  ],
  [
    'a system in Russian',
    { From: 'mailer-daemon@mx.example.com', Subject: 'Недоставленное сообщение' },
    'Это письмо создано автоматически сервером.\n\nК сожалению, Ваше письмо не может быть доставлено одному или нескольким получателям:\n\nbo@example.net\n    user not found\n',
  ],
  [
    'a system in Chinese',
    { From: 'Postmaster@mx.example.com', Subject: '系统退信' },
    '抱歉，您的邮件被退回来了……\n\n原邮件信息：\n收件人：bo@example.net\n退信原因：\nhost mx.example.net said: 550 User not found: bo@example.net\n',
  ],
  [
    'recipients in one line',
    { From: 'mailer-daemon@mx.example.com', Subject: 'Undelivered mail' },
    'The following addresses failed: bo@example.net, cy@example.net and di@example.net\n',
    ['bo@example.net', 'cy@example.net', 'di@example.net'],
  ],
  [
    'an address in quotes (RFC 5321)',
    { From: 'mailer-daemon@mx.example.com', Subject: 'Undelivered mail' },
    'I could not deliver your message.\n\n<"bo lind"@example.net>: unknown user\n',
    ['"bo lind"@example.net'],
  ],
  [
    'an address beyond ASCII (RFC 6532)',
    { From: 'mailer-daemon@mx.example.com', Subject: 'Undelivered mail' },
    'I could not deliver your message.\n\n<bö@bücher.example>: unknown user\n\n<用户@例子.example>: unknown user\n',
    ['bö@bücher.example', '用户@例子.example'],
  ],
  [
    'nobody but the sender, in passing',
    { From: 'mailer-daemon@mx.example.com', To: 'desk@example.org', Subject: 'Undelivered mail' },
    'Your mail could not be delivered: the host is not accepting mail from desk@example.org.\n',
    [],
  ],
];

/** The same for mail that is late but not lost. */
export const DELAY_NOTICES: typeof BOUNCE_NOTICES = [
  [
    'Sendmail',
    {
      From: 'Mail Delivery Subsystem <MAILER-DAEMON@mx.example.com>',
      Subject: 'Warning: could not send message for past 4 hours',
    },
    '    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\nThe original message was received at Mon, 5 Jan 2026 05:41:25 +0100\n\n   ----- Transcript of session follows -----\n<bo@example.net>... Deferred: Connection timed out with mx.example.net.\nWarning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old\n',
  ],
  [
    'Exim',
    {
      From: 'Mail Delivery System <Mailer-Daemon@mx.example.com>',
      Subject: 'Warning: message 1abc-0001-XY delayed 24 hours',
    },
    'This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.example.com.\n\nThe address to which the message has not yet been delivered is:\n\n  bo@example.net\n    Delay reason: mailbox is full\n\nNo action is required on your part. Delivery attempts will continue for\nsome time, and this warning may be repeated at intervals.\n',
  ],
  [
    'Postfix',
    { From: 'MAILER-DAEMON@mx.example.com (Mail Delivery System)', Subject: 'Delayed Mail (still being retried)' },
    'This is the mail system at host mx.example.com.\n\n####################################################################\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n####################################################################\n\nYour message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n                   The mail system\n\n<bo@example.net>: connect to mx.example.net[192.0.2.1]:25: Connection timed out\n',
  ],
  [
    'Gmail',
    {
      From: 'Mail Delivery Subsystem <mailer-daemon@googlemail.example>',
      Subject: 'Delivery Status Notification (Delay)',
    },
    'This is an automatically generated Delivery Status Notification\n\nTHIS IS A WARNING MESSAGE ONLY.\n\nYOU DO NOT NEED TO RESEND YOUR MESSAGE.\n\nDelivery to the following recipient has been delayed:\n\n     bo@example.net\n\nMessage will be retried for 2 more day(s)\n',
  ],
  [
    'Exchange',
    { From: 'postmaster@example.com', Subject: 'Delivery Delayed: Toner' },
    "Delivery is delayed to these recipients or groups:\n\nbo@example.net<mailto:bo@example.net>\n\nSubject: Toner\n\nThis message hasn't been delivered yet. Delivery will continue to be attempted.\n",
  ],
];
