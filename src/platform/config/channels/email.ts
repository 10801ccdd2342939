import { z } from 'zod';
import { origin } from '../schemas.js';
import type { ValuesOf } from '../schemas.js';
import type { ChannelSettings } from './channel-settings.js';

/** Providers of mailboxes that open them by consent; docs/channels/email.md says what of it has not been tried with them. */
export type EmailConfig = {
  /** undefined without an application: then no mailbox there can be opened. */
  readonly microsoft: MicrosoftMailConfig | undefined;
  /** undefined without an application: then mailboxes there are opened with passwords alone. */
  readonly google: GoogleMailConfig | undefined;
};

/** An application that is registered with Microsoft. */
export type MicrosoftMailConfig = {
  /** `ATENDE_EMAIL_MICROSOFT_CLIENT_ID`. Id of the application. @default unset */
  readonly clientId: string;
  /** `ATENDE_EMAIL_MICROSOFT_CLIENT_SECRET` or `ATENDE_EMAIL_MICROSOFT_CLIENT_SECRET_FILE`. Its secret. @default unset */
  readonly clientSecret: string;
  /** `ATENDE_EMAIL_MICROSOFT_TENANT`. Whose mailboxes: the id of one directory, or `organizations` for all. @default organizations */
  readonly tenant: string;
  /** `ATENDE_EMAIL_MICROSOFT_URL`. Where people consent and tokens are given. @default https://login.microsoftonline.com */
  readonly url: string;
};

/** An application that is registered with Google. */
export type GoogleMailConfig = {
  /** `ATENDE_EMAIL_GOOGLE_CLIENT_ID`. Id of the application. @default unset */
  readonly clientId: string;
  /** `ATENDE_EMAIL_GOOGLE_CLIENT_SECRET` or `ATENDE_EMAIL_GOOGLE_CLIENT_SECRET_FILE`. Its secret. @default unset */
  readonly clientSecret: string;
  /** `ATENDE_EMAIL_GOOGLE_CONSENT_URL`. Where people consent. @default https://accounts.google.com */
  readonly consentUrl: string;
  /** `ATENDE_EMAIL_GOOGLE_TOKEN_URL`. Where tokens are given. @default https://oauth2.googleapis.com */
  readonly tokenUrl: string;
};

const id = z.string().regex(/^[\w.-]{1,128}$/);
const secret = z.string().max(512);

export const MICROSOFT_MAIL = {
  variables: {
    ATENDE_EMAIL_MICROSOFT_CLIENT_ID: { schema: id, remedy: 'use the id of the application' },
    ATENDE_EMAIL_MICROSOFT_CLIENT_SECRET: { schema: secret, remedy: 'use its client secret' },
    ATENDE_EMAIL_MICROSOFT_TENANT: { schema: id, remedy: 'use the id of a directory, or organizations' },
    ATENDE_EMAIL_MICROSOFT_URL: { schema: origin, remedy: 'use an origin such as https://login.microsoftonline.com' },
  },
  fromFile: ['ATENDE_EMAIL_MICROSOFT_CLIENT_SECRET'],
  together: ['ATENDE_EMAIL_MICROSOFT_CLIENT_ID', 'ATENDE_EMAIL_MICROSOFT_CLIENT_SECRET'],
} as const satisfies ChannelSettings;

export const GOOGLE_MAIL = {
  variables: {
    ATENDE_EMAIL_GOOGLE_CLIENT_ID: { schema: id, remedy: 'use the id of the application' },
    ATENDE_EMAIL_GOOGLE_CLIENT_SECRET: { schema: secret, remedy: 'use its client secret' },
    ATENDE_EMAIL_GOOGLE_CONSENT_URL: { schema: origin, remedy: 'use an origin such as https://accounts.google.com' },
    ATENDE_EMAIL_GOOGLE_TOKEN_URL: { schema: origin, remedy: 'use an origin such as https://oauth2.googleapis.com' },
  },
  fromFile: ['ATENDE_EMAIL_GOOGLE_CLIENT_SECRET'],
  together: ['ATENDE_EMAIL_GOOGLE_CLIENT_ID', 'ATENDE_EMAIL_GOOGLE_CLIENT_SECRET'],
} as const satisfies ChannelSettings;

type Values = ValuesOf<typeof MICROSOFT_MAIL.variables & typeof GOOGLE_MAIL.variables>;

/** Nothing has to be set: passwords open mailboxes too. */
export function emailOf(values: Values): EmailConfig {
  return { microsoft: microsoftOf(values), google: googleOf(values) };
}

function microsoftOf(values: Values): MicrosoftMailConfig | undefined {
  const { ATENDE_EMAIL_MICROSOFT_CLIENT_ID: clientId, ATENDE_EMAIL_MICROSOFT_CLIENT_SECRET: clientSecret } = values;
  if (clientId === undefined || clientSecret === undefined) return undefined;
  return {
    ...{ clientId, clientSecret },
    tenant: values.ATENDE_EMAIL_MICROSOFT_TENANT ?? 'organizations',
    url: values.ATENDE_EMAIL_MICROSOFT_URL ?? 'https://login.microsoftonline.com',
  };
}

function googleOf(values: Values): GoogleMailConfig | undefined {
  const { ATENDE_EMAIL_GOOGLE_CLIENT_ID: clientId, ATENDE_EMAIL_GOOGLE_CLIENT_SECRET: clientSecret } = values;
  if (clientId === undefined || clientSecret === undefined) return undefined;
  return {
    ...{ clientId, clientSecret },
    consentUrl: values.ATENDE_EMAIL_GOOGLE_CONSENT_URL ?? 'https://accounts.google.com',
    tokenUrl: values.ATENDE_EMAIL_GOOGLE_TOKEN_URL ?? 'https://oauth2.googleapis.com',
  };
}
