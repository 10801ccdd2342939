import { Module } from '@nestjs/common';
import { provide } from '../../platform/nest/index.js';
import { CalendarStore } from './calendar-store.js';
import { Calendars } from './calendars.js';

@Module({ providers: [provide(CalendarStore, []), provide(Calendars, [])], exports: [CalendarStore, Calendars] })
export class CalendarModule {}
