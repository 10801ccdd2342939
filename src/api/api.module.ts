import { Module } from '@nestjs/common';
import type { DynamicModule, Provider, Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AttachmentModule } from '../modules/attachment/index.js';
import { BuyerBlocks, BuyerModule } from '../modules/buyer/index.js';
import { Ways, waysProvider } from '../modules/delivery/index.js';
import { ContextReader } from '../modules/context/index.js';
import { DemoBuyer } from '../modules/demo/index.js';
import { InquiryModule } from '../modules/inquiry/index.js';
import { ProofModule } from '../modules/proof/index.js';
import { StreamModule } from '../modules/stream/index.js';
import { TaskModule } from '../modules/task/index.js';
import { WorkModule } from '../modules/work/index.js';
import { WorkbenchModule } from '../modules/workbench/index.js';
import { Vault } from '../platform/crypto/index.js';
import { Database } from '../platform/database/index.js';
import { provide } from '../platform/nest/index.js';
import { AccessGuard } from './access/access.guard.js';
import { Limits } from './access/limits.js';
import { RefusalAudit } from './access/refusal-audit.js';
import { AuditEventsController } from './audit/audit-events.controller.js';
import { BuyersController } from './buyers/buyers.controller.js';
import { AcceptMeter } from './channels/accept-meter.js';
import { ChannelsController } from './channels/channels.controller.js';
import { ConsentController } from './channels/consent.controller.js';
import { NoticesController } from './channels/notices.controller.js';
import { PublicAddresses } from './channels/public-addresses.js';
import { CodecController } from './codec/codec.controller.js';
import { CONFIGURATION_CONTROLLERS, CONFIGURATION_MODULES } from './configuration.js';
import { AttachmentsController } from './conversations/attachments.controller.js';
import { FilesController } from './conversations/files.controller.js';
import { SimulationDesk } from './definitions/simulation-desk.js';
import { ConversationsController } from './conversations/conversations.controller.js';
import { HoldsController } from './holds/holds.controller.js';
import { Acts } from './http/acting.js';
import { Editor } from './http/editing.js';
import { Cursors } from './http/paging.js';
import { validationPipe } from './http/validation.js';
import { CommandService } from './inquiries/command.service.js';
import { InquiriesController } from './inquiries/inquiries.controller.js';
import { InquiryCommandsController } from './inquiries/inquiry-commands.controller.js';
import { RecordsController } from './inquiries/records.controller.js';
import { ReopenController } from './inquiries/reopen.controller.js';
import { ReplyLimits } from './inquiries/reply-limits.js';
import { ReplyService } from './inquiries/reply.service.js';
import { ReplyTexts } from './inquiries/reply-texts.js';
import { UploadsController } from './inquiries/uploads.controller.js';
import { ApiDescription } from './openapi/api-description.js';
import { DocsController } from './openapi/docs.controller.js';
import { Handover } from './me/handover.js';
import { InquiryPresenceController } from './me/inquiry-presence.controller.js';
import { MeController } from './me/me.controller.js';
import { NotificationsController } from './notifications/notifications.controller.js';
import { ProblemFilter } from './problems/problem.filter.js';
import { StreamController } from './stream/stream.controller.js';
import { DemoController } from './system/demo.controller.js';
import { HealthController } from './system/health.controller.js';
import { MetricsController } from './system/metrics.controller.js';
import { Readiness } from './system/readiness.js';
import { TaskClaimsController } from './tasks/task-claims.controller.js';
import { TaskCommandsController } from './tasks/task-commands.controller.js';
import { TaskDesk } from './tasks/task-desk.js';
import { TasksController } from './tasks/tasks.controller.js';

const CONTROLLERS: Type[] = [
  ...CONFIGURATION_CONTROLLERS,
  ChannelsController,
  NoticesController,
  ConsentController,
  InquiriesController,
  RecordsController,
  AttachmentsController,
  FilesController,
  ConversationsController,
  BuyersController,
  AuditEventsController,
  HoldsController,
  InquiryCommandsController,
  ReopenController,
  UploadsController,
  TasksController,
  TaskClaimsController,
  TaskCommandsController,
  HealthController,
  MetricsController,
  DocsController,
  CodecController,
  StreamController,
  MeController,
  InquiryPresenceController,
  NotificationsController,
];

const PROVIDERS: Provider[] = [
  { provide: APP_GUARD, useClass: AccessGuard },
  { provide: APP_PIPE, useFactory: validationPipe },
  { provide: APP_FILTER, useClass: ProblemFilter },
  RefusalAudit,
  Limits,
  AcceptMeter,
  PublicAddresses,
  ApiDescription,
  Acts,
  Cursors,
  Editor,
  Readiness,
  CommandService,
  SimulationDesk,
  ReplyService,
  ReplyTexts,
  ReplyLimits,
  TaskDesk,
  Handover,
];

/** Everything that speaks HTTP. */
@Module({})
export class ApiModule {
  /** @param demoBuyer the demo's buyer, where the demo surface exists */
  static with(demoBuyer: DemoBuyer | null): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        ...CONFIGURATION_MODULES,
        AttachmentModule,
        BuyerModule,
        InquiryModule,
        ProofModule,
        StreamModule,
        TaskModule,
        WorkModule,
        WorkbenchModule,
      ],
      controllers: demoBuyer === null ? CONTROLLERS : [...CONTROLLERS, DemoController],
      providers: [
        ...PROVIDERS,
        waysProvider(() => demoBuyer?.url ?? null),
        provide(BuyerBlocks, [Vault, Ways]),
        provide(ContextReader, [Database, Vault, Ways]),
        ...(demoBuyer === null ? [] : [{ provide: DemoBuyer, useValue: demoBuyer }]),
      ],
      exports: [Readiness],
    };
  }
}
