import { z } from 'zod';
import { passwordMailboxShape } from '../email/mailbox.js';

/** What an administrator gives: the mailbox whose address the platform knows as the shop's. */
export const relayMailboxShape = passwordMailboxShape.extend({
  /** How the mailbox's server names itself in the `Authentication-Results` of what comes in. */
  authservId: z
    .string()
    .max(253)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]*$/, 'The first word of the header Authentication-Results')
    .transform((text) => text.toLowerCase()),
});

export type RelayMailbox = z.infer<typeof relayMailboxShape>;
