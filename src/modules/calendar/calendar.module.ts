import { Module } from '@nestjs/common';
import { provide } from '../../platform/nest/index.js';
import { CalendarStore } from './calendar-store.js';

@Module({ providers: [provide(CalendarStore, [])], exports: [CalendarStore] })
export class CalendarModule {}
