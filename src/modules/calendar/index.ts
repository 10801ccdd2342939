export { CalendarStore } from './calendar-store.js';
export { CalendarModule } from './calendar.module.js';
