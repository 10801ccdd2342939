import type { CalendarSpec } from '../../domain/calendar/types.js';
import { keyedEntity, versionEntity } from '../configuration/index.js';

export const CalendarEntity = keyedEntity('Calendar');

/** Running obligations stay on the version they began with. */
export const CalendarVersionEntity = versionEntity<CalendarSpec>('Calendar');
