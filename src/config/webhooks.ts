import { z } from 'zod';
import { readDestination, type Destination } from '../http/destinations.ts';

/** Servers that webhooks may call, separated by commas. */
export const webhookHosts = z.string().transform((text, context): Destination[] =>
  text.split(',').flatMap((entry) => {
    const destination = readDestination(entry);
    if (destination) return [destination];
    const message = `must be hosts such as hooks.example.com or *.example.com, or origins such as http://localhost:9000, separated by commas`;
    context.addIssue({ code: 'custom', message });
    return [];
  }),
);
