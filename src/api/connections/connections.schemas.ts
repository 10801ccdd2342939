import { z } from 'zod';
import { connectionPatchSchema, connectionSpecSchema } from '../../modules/connection/index.js';
import type { ConfiguredConnection } from '../../modules/connection/index.js';
import type { NamedMember } from '../../modules/identity/index.js';
import { instantShape, instantText, memberShape } from '../http/shapes.js';
import { keyText } from '../http/validation.js';

/** Sent in a header, after the prefix; written once and never shown. */
const secret = z.string().regex(/^[\x21-\x7e]{1,4096}$/, 'Visible ASCII without spaces, at most 4096 characters');

export const newConnectionBody = connectionSpecSchema.extend({ key: keyText, secret: secret.optional() });
export const connectionPatchBody = connectionPatchSchema.extend({ secret: secret.optional() });

/** Since when there is a secret, null = there is none. */
export const connectionShape = connectionSpecSchema.extend({
  id: z.uuid(),
  key: z.string(),
  version: z.int(),
  secretSetAt: instantShape.nullable(),
  createdAt: instantShape,
  createdBy: memberShape.nullable(),
});
export type ConnectionView = z.infer<typeof connectionShape>;

export function connectionView(
  { id, key, version, spec, secretAt, createdAt, createdBy }: ConfiguredConnection,
  name: (id: string | null) => NamedMember | null,
): ConnectionView {
  const whole = connectionSpecSchema.parse(spec);
  const origin = { createdAt: instantText(createdAt), createdBy: name(createdBy) };
  return { id, key, version, ...whole, secretSetAt: instantText(secretAt), ...origin };
}
