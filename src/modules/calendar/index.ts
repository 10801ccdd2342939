export { CalendarStore } from './calendar-store.js';
export { CalendarEntity, CalendarVersionEntity } from './calendar.entities.js';
export { CalendarModule } from './calendar.module.js';
export { Calendars } from './calendars.js';
export type { CalendarPatch, ConfiguredCalendar, Imported, LayerImport } from './calendars.js';
export type { SkippedEvent } from './ical-days.js';
