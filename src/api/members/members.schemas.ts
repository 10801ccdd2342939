import { z } from 'zod';
import { ROLES } from '../../domain/identity/permissions.js';
import type { ConfiguredKey, ConfiguredMember } from '../../modules/identity/index.js';
import { countryText, instantShape, instantText, localeText } from '../http/shapes.js';
import { keyText, plainText } from '../http/validation.js';

const unique = (items: readonly string[]): boolean => new Set(items).size === items.length;
const NOT_TWICE = 'Each one once';

const editable = {
  name: plainText(200),
  role: z.enum(ROLES),
  languages: z.array(localeText).max(20).refine(unique, NOT_TWICE),
  skills: z.array(plainText(64)).max(50).refine(unique, NOT_TWICE),
  /** Where the member works. */
  country: countryText.nullable(),
  /** Open tasks at which no more are offered; 0 = none are. */
  capacity: z.int().min(0).max(1000),
  email: z.email().max(254).nullable().describe('Where notices are mailed to'),
};

const { name, role, ...optional } = editable;
export const newMemberBody = z.strictObject({ key: keyText, name, role, ...z.object(optional).partial().shape });

export const memberPatchBody = z.strictObject({ ...editable, active: z.boolean() }).partial();

export const newKeyBody = z
  .strictObject({
    label: plainText(100).nullable().optional(),
    expiresAt: z.iso.datetime({ offset: true }).nullable().optional(),
  })
  .prefault({});

/** What every role that sees members at all sees. */
export const memberNameShape = z.object({ id: z.uuid(), key: z.string(), name: z.string() });

export const fullMemberShape = memberNameShape.extend({
  role: z.enum(ROLES),
  languages: z.array(z.string()),
  skills: z.array(z.string()),
  country: z.string().nullable(),
  capacity: z.int(),
  email: z.string().nullable(),
  active: z.boolean(),
  presence: z.enum(['available', 'away']),
  queues: z.array(z.string()),
  version: z.int(),
  createdAt: instantShape,
});
export type MemberView = z.infer<typeof fullMemberShape>;
export type MemberNameView = z.infer<typeof memberNameShape>;

export const keyShape = z.object({
  id: z.uuid(),
  label: z.string().nullable(),
  prefix: z.string(),
  createdAt: instantShape,
  expiresAt: instantShape.nullable(),
  revokedAt: instantShape.nullable(),
});
export type KeyView = z.infer<typeof keyShape>;

export const newKeyShape = keyShape.extend({ key: z.string() });

export function memberView({ languages, skills, queues, createdAt, ...member }: ConfiguredMember): MemberView {
  return {
    ...member,
    languages: [...languages],
    skills: [...skills],
    queues: [...queues],
    createdAt: instantText(createdAt),
  };
}

export function memberNameView({ id, key, name: called }: ConfiguredMember): MemberNameView {
  return { id, key, name: called };
}

export function keyView({ id, label, prefix, createdAt, expiresAt, revokedAt }: ConfiguredKey): KeyView {
  return {
    id,
    label,
    prefix,
    createdAt: instantText(createdAt),
    expiresAt: instantText(expiresAt),
    revokedAt: instantText(revokedAt),
  };
}
