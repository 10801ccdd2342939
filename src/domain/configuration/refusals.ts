/** Every expected "no" to a change of what a tenant sets up. The code is part of the API; its status is decided there. */
export const CONFIGURATION_REFUSALS = [
  'not_found',
  'if_match_missing',
  'version_stale',
  'key_taken',
  'reference_unknown',
  'member_unknown',
  'until_past',
  'own_role',
  'own_draft',
  'last_admin',
  'in_use',
  'secret_needed',
  'channel_not_set_up',
  'credentials_refused',
  'platform_unavailable',
  'calendar_invalid',
  'ical_invalid',
  'roster_invalid',
  'template_invalid',
  'definition_invalid',
  'routing_invalid',
  'phrases_invalid',
  'migration_unchecked',
  'migration_ended',
] as const;

export type ConfigurationRefusalCode = (typeof CONFIGURATION_REFUSALS)[number];

/** A refusal with what the caller needs to put it right. */
export type ConfigurationRefusal = {
  readonly code: ConfigurationRefusalCode;
  /** What to do about it, in one sentence. */
  readonly detail?: string;
  /** Members of the request at fault, by JSON pointer. */
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
  /** What is wrong inside a document, with its places. */
  readonly problems?: readonly object[];
  /** The version that is current, where another one was expected. */
  readonly currentVersion?: number;
};

/** What an attempt to change something came to. */
export type Outcome<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: ConfigurationRefusal };

/** A change that was made. */
export function done<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

/** A change that was refused before anything was written. */
export function refused(
  code: ConfigurationRefusalCode,
  details: Omit<ConfigurationRefusal, 'code'> = {},
): { readonly ok: false; readonly refusal: ConfigurationRefusal } {
  return { ok: false, refusal: { code, ...details } };
}

/** The version a caller read before changing something; `any` says that it does not matter. */
export type ExpectedVersion = number | 'any';

/** The refusal of a change whose author has not read the current version, else null. */
export function staleness(expected: ExpectedVersion, current: number): ReturnType<typeof refused> | null {
  return expected === 'any' || expected === current ? null : refused('version_stale', { currentVersion: current });
}
