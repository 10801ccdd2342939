import type { decide } from '../../domain/inquiry/decide.js';
import type { Vault } from '../../platform/crypto/index.js';
import type { Mailer } from '../../platform/mail/index.js';
import type { CalendarStore } from '../calendar/index.js';
import type { PlanStore } from '../definition/index.js';
import type { RosterStore } from '../roster/index.js';
import type { TemplateStore } from '../template/index.js';
import type { AutomatedText } from './automated-text.js';
import type { CommandStore } from './command-store.js';
import type { EngineMeter } from './engine-meter.js';

/** What a drain reads from, beside its own tables. */
export type InquiryStores = {
  readonly plans: PlanStore;
  readonly calendars: CalendarStore;
  readonly rosters: RosterStore;
  readonly templates: TemplateStore;
  readonly texts: AutomatedText;
  readonly commands: CommandStore;
  readonly vault: Vault;
  readonly meter: EngineMeter;
  /** Whether mail can be sent: a notice by mail reaches nobody without. */
  readonly mailer: Pick<Mailer, 'isSetUp'>;
  /** The decision function; another one is given only to see how a defect in it is survived. */
  readonly decide?: typeof decide;
};
