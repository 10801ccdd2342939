import { z } from 'zod';
import { CHANNEL_NAMES } from '../../domain/channel/capabilities.js';
import { parseDuration } from '../../domain/definition/durations.js';
import { shopSettingsPatchSchema, shopSettingsSchema } from '../../modules/shop/index.js';
import type { ConfiguredShop } from '../../modules/shop/index.js';
import { countryText, currencyText, instantShape, instantText, localeText } from '../http/shapes.js';
import { keyText, plainText } from '../http/validation.js';

const HOUR_MS = 3_600_000;
/** A channel changes its secret within days, or not at all. */
const KEEP_OLD_MOST_MS = 7 * 24 * HOUR_MS;

const editable = {
  name: plainText(200),
  country: countryText,
  language: localeText,
  currency: currencyText,
  settings: shopSettingsPatchSchema,
};

export const newShopBody = z.strictObject({
  key: keyText,
  channel: z.enum(CHANNEL_NAMES),
  ...editable,
  country: editable.country.optional(),
  language: editable.language.optional(),
  currency: editable.currency.optional(),
  settings: editable.settings.optional(),
});

export const shopPatchBody = z.strictObject({ ...editable, active: z.boolean() }).partial();

export const newSecretBody = z
  .strictObject({
    /** How long the secret so far stays valid; `0s` ends it at once. */
    keepOldFor: z
      .string()
      .refine((text) => {
        const ms = parseDuration(text);
        return ms !== null && ms <= KEEP_OLD_MOST_MS;
      }, 'A duration such as 24h, at most 7d')
      .default('24h'),
  })
  .prefault({});

/** What every role that sees shops at all sees. */
export const shopNameShape = z.object({ id: z.uuid(), key: z.string(), name: z.string() });

export const shopShape = shopNameShape.extend({
  channel: z.string(),
  country: z.string(),
  language: z.string(),
  currency: z.string(),
  active: z.boolean(),
  settings: shopSettingsSchema,
  secrets: z.array(z.object({ id: z.uuid(), createdAt: instantShape, expiresAt: instantShape.nullable() })),
  version: z.int(),
  createdAt: instantShape,
});
export type ShopView = z.infer<typeof shopShape>;
export type ShopNameView = z.infer<typeof shopNameShape>;

export const newShopShape = shopShape.extend({ webhookSecret: z.string().nullable() });

export const newSecretShape = z.object({
  id: z.uuid(),
  webhookSecret: z.string().nullable(),
  createdAt: instantShape,
  oldUntil: instantShape,
});

export function shopView({ secrets, createdAt, ...shop }: ConfiguredShop): ShopView {
  return {
    ...shop,
    secrets: secrets.map((secret) => ({
      id: secret.id,
      createdAt: instantText(secret.createdAt),
      expiresAt: instantText(secret.expiresAt),
    })),
    createdAt: instantText(createdAt),
  };
}

export function shopNameView({ id, key, name }: ConfiguredShop): ShopNameView {
  return { id, key, name };
}
