import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import type { Log } from '../../platform/log/index.js';
import { LOG, provide } from '../../platform/nest/index.js';
import { CalendarModule, CalendarStore } from '../calendar/index.js';
import { DefinitionModule, PlanStore } from '../definition/index.js';
import { TemplateModule, TemplateStore } from '../template/index.js';
import { AutomatedText } from './automated-text.js';
import { CommandStore } from './command-store.js';
import { InquiryEngine } from './engine.js';
import { ReplyWriter } from './reply-text.js';

@Module({
  imports: [CalendarModule, DefinitionModule, TemplateModule],
  providers: [
    provide(AutomatedText, [TemplateStore, CalendarStore, Vault]),
    provide(CommandStore, [Vault]),
    provide(ReplyWriter, [Database, TemplateStore, AutomatedText]),
    {
      provide: InquiryEngine,
      useFactory: (
        database: Database,
        log: Log,
        plans: PlanStore,
        calendars: CalendarStore,
        templates: TemplateStore,
        texts: AutomatedText,
        commands: CommandStore,
        vault: Vault,
      ) => new InquiryEngine(database, { plans, calendars, templates, texts, commands, vault }, log),
      inject: [Database, LOG, PlanStore, CalendarStore, TemplateStore, AutomatedText, CommandStore, Vault],
    },
  ],
  exports: [InquiryEngine, CommandStore, AutomatedText, ReplyWriter],
})
export class InquiryModule {}
