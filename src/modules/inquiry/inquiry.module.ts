import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import type { Log } from '../../platform/log/index.js';
import { Mailer } from '../../platform/mail/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { LOG, provide } from '../../platform/nest/index.js';
import { CalendarModule, CalendarStore } from '../calendar/index.js';
import { DefinitionModule, PlanStore } from '../definition/index.js';
import { IdentityModule, TenantLookup } from '../identity/index.js';
import { RosterModule, RosterStore } from '../roster/index.js';
import { TemplateModule, TemplateStore } from '../template/index.js';
import { AutomatedText } from './automated-text.js';
import { CalendarMoves } from './calendar-moves.js';
import { CommandStore } from './command-store.js';
import { DefinitionMoves } from './definition-moves.js';
import { EngineMeter } from './engine-meter.js';
import { InquiryEngine } from './engine.js';
import { InquiryFigures } from './inquiry-figures.js';
import { ReplyWriter } from './reply-text.js';

@Module({
  imports: [CalendarModule, DefinitionModule, IdentityModule, RosterModule, TemplateModule],
  providers: [
    provide(AutomatedText, [TemplateStore, CalendarStore, Vault]),
    provide(CalendarMoves, [CalendarStore]),
    provide(CommandStore, []),
    provide(DefinitionMoves, [InquiryEngine]),
    provide(EngineMeter, [Metrics]),
    provide(InquiryFigures, [Database, TenantLookup, Metrics]),
    provide(ReplyWriter, [Database, TemplateStore, AutomatedText]),
    {
      provide: InquiryEngine,
      useFactory: (
        database: Database,
        log: Log,
        plans: PlanStore,
        calendars: CalendarStore,
        rosters: RosterStore,
        templates: TemplateStore,
        texts: AutomatedText,
        commands: CommandStore,
        vault: Vault,
        meter: EngineMeter,
        mailer: Mailer,
      ) =>
        new InquiryEngine(
          database,
          { plans, calendars, rosters, templates, texts, commands, vault, meter, mailer },
          log,
        ),
      inject: [
        Database,
        LOG,
        PlanStore,
        CalendarStore,
        RosterStore,
        TemplateStore,
        AutomatedText,
        CommandStore,
        Vault,
        EngineMeter,
        Mailer,
      ],
    },
  ],
  exports: [CalendarMoves, DefinitionMoves, InquiryEngine, CommandStore, AutomatedText, ReplyWriter],
})
export class InquiryModule {}
