import { CalendarEntity, CalendarVersionEntity } from './modules/calendar/index.js';
import { ConnectionEntity, ConnectionVersionEntity } from './modules/connection/index.js';
import { DefinitionEntity, DefinitionVersionEntity, RoutingEntity } from './modules/definition/index.js';
import { MemberEntity, MemberKeyEntity, TenantEntity } from './modules/identity/index.js';
import { PhrasePolicyEntity, PublishingPolicyEntity } from './modules/policy/index.js';
import { QuarantineEntity } from './modules/ingest/index.js';
import { QueueEntity, QueueMemberEntity } from './modules/queue/index.js';
import { RetentionClassEntity } from './modules/retention/index.js';
import { RosterEntity, RosterVersionEntity } from './modules/roster/index.js';
import { ShopEntity, ShopSecretEntity } from './modules/shop/index.js';
import { WebhookEntity } from './modules/webhook/index.js';
import { TemplateEntity, TemplateVersionEntity } from './modules/template/index.js';

/** Every table that is read and written through the ORM: what people set up, row by row. The hot path speaks SQL. */
export const entities = [
  TenantEntity,
  MemberEntity,
  MemberKeyEntity,
  ShopEntity,
  ShopSecretEntity,
  QueueEntity,
  QueueMemberEntity,
  CalendarEntity,
  CalendarVersionEntity,
  ConnectionEntity,
  ConnectionVersionEntity,
  RosterEntity,
  RosterVersionEntity,
  TemplateEntity,
  TemplateVersionEntity,
  DefinitionEntity,
  DefinitionVersionEntity,
  RoutingEntity,
  PhrasePolicyEntity,
  PublishingPolicyEntity,
  RetentionClassEntity,
  QuarantineEntity,
  WebhookEntity,
];
