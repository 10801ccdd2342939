import { defineEntity, p } from '@mikro-orm/core';
import type { ForbiddenPhrase } from '../../domain/messaging/forbidden.js';

/** The tenant's forbidden phrases, whole. */
export const PhrasePolicyEntity = defineEntity({
  name: 'PhrasePolicy',
  tableName: 'phrase_policy',
  properties: {
    tenantId: p.uuid().primary(),
    phrases: p.json<readonly ForbiddenPhrase[]>(),
    version: p.integer().default(1),
  },
});
