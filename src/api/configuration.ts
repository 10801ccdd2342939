import type { Type } from '@nestjs/common';
import { AccountModule } from '../modules/account/index.js';
import { CalendarModule } from '../modules/calendar/index.js';
import { ChannelsModule } from '../modules/channels/index.js';
import { ConnectionModule } from '../modules/connection/index.js';
import { DefinitionModule } from '../modules/definition/index.js';
import { IdentityModule } from '../modules/identity/index.js';
import { IngestModule } from '../modules/ingest/index.js';
import { MigrationModule } from '../modules/migration/index.js';
import { PolicyModule } from '../modules/policy/index.js';
import { QueueModule } from '../modules/queue/index.js';
import { RetentionModule } from '../modules/retention/index.js';
import { RosterModule } from '../modules/roster/index.js';
import { SimulationModule } from '../modules/simulation/index.js';
import { ShopModule } from '../modules/shop/index.js';
import { TemplateModule } from '../modules/template/index.js';
import { WebhookModule } from '../modules/webhook/index.js';
import { CalendarChangesController } from './calendars/calendar-changes.controller.js';
import { CalendarsController } from './calendars/calendars.controller.js';
import { ConnectionsController } from './connections/connections.controller.js';
import { DefinitionsController } from './definitions/definitions.controller.js';
import { MigrationsController } from './definitions/migrations.controller.js';
import { PublishingController } from './definitions/publishing.controller.js';
import { ReviewsController } from './definitions/reviews.controller.js';
import { ScenariosController } from './definitions/scenarios.controller.js';
import { SimulationController } from './definitions/simulation.controller.js';
import { MemberKeysController } from './members/member-keys.controller.js';
import { MembersController } from './members/members.controller.js';
import { ForbiddenPhrasesController } from './policies/forbidden-phrases.controller.js';
import { QuarantineController } from './quarantine/quarantine.controller.js';
import { PublishingPolicyController } from './policies/publishing-policy.controller.js';
import { QueuesController } from './queues/queues.controller.js';
import { RetentionClassesController } from './retention/retention-classes.controller.js';
import { DutyController } from './rosters/duty.controller.js';
import { RostersController } from './rosters/rosters.controller.js';
import { RoutingController } from './routing/routing.controller.js';
import { ShopChannelController } from './shops/shop-channel.controller.js';
import { TestInquiryController } from './shops/test-inquiry.controller.js';
import { ShopCredentialsController } from './shops/shop-credentials.controller.js';
import { ShopTemplatesController } from './shops/shop-templates.controller.js';
import { ShopsController } from './shops/shops.controller.js';
import { TemplatesController } from './templates/templates.controller.js';
import { WebhooksController } from './webhooks/webhooks.controller.js';

/** Everything by which a tenant sets itself up. */
export const CONFIGURATION_CONTROLLERS: Type[] = [
  ShopsController,
  ShopChannelController,
  TestInquiryController,
  ShopCredentialsController,
  ShopTemplatesController,
  MembersController,
  MemberKeysController,
  QueuesController,
  CalendarChangesController,
  CalendarsController,
  ConnectionsController,
  DutyController,
  RostersController,
  TemplatesController,
  RoutingController,
  ForbiddenPhrasesController,
  RetentionClassesController,
  DefinitionsController,
  PublishingController,
  PublishingPolicyController,
  ReviewsController,
  ScenariosController,
  SimulationController,
  MigrationsController,
  QuarantineController,
  WebhooksController,
];

/** The modules those controllers use. */
export const CONFIGURATION_MODULES: Type[] = [
  AccountModule,
  CalendarModule,
  ChannelsModule,
  ConnectionModule,
  DefinitionModule,
  IdentityModule,
  IngestModule,
  MigrationModule,
  PolicyModule,
  QueueModule,
  RetentionModule,
  RosterModule,
  ShopModule,
  SimulationModule,
  TemplateModule,
  WebhookModule,
];
