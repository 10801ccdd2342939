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

/** How definitions of the tenant are published. */
export const PublishingPolicyEntity = defineEntity({
  name: 'PublishingPolicy',
  tableName: 'publishing_policy',
  properties: {
    tenantId: p.uuid().primary(),
    byAnotherPerson: p.boolean(),
    version: p.integer().default(1),
  },
});
