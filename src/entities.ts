import { ApiKey } from './people/api-key.ts';
import { Session } from './people/session.ts';
import { Employee } from './people/employee.ts';
import { Passkey } from './people/factors/passkeys/passkey.ts';
import { Totp } from './people/factors/totp/totp.ts';
import { Identity } from './people/identities/identity.ts';
import { Task } from './tasks/task.ts';
import { Attachment } from './tickets/attachment.ts';
import { Category, Department } from './tickets/category.ts';
import { Comment } from './tickets/comment.ts';
import { Participant } from './tickets/participant.ts';
import { Ticket } from './tickets/ticket.ts';
import { TicketEvent } from './tickets/ticket-event.ts';
import { InboundKey, InboundMessage } from './mail/inbound/inbound-message.ts';
import { MailMessage, MailReference } from './mail/inbound/mail-message.ts';
import { Mailbox } from './mail/mailbox.ts';
import { OutboundMessage } from './mail/outbound/outbound-message.ts';

/** Every table that the ORM writes. */
export const entities = [
  ...[Employee, Session, ApiKey, Totp, Passkey, Identity, Task],
  ...[Category, Department, Ticket, Participant, Comment, Attachment, TicketEvent],
  ...[Mailbox, InboundMessage, InboundKey, MailMessage, MailReference, OutboundMessage],
];
