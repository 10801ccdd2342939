import type { RosterSpec } from '../../domain/roster/types.js';
import { keyedEntity, versionEntity } from '../configuration/index.js';

export const RosterEntity = keyedEntity('Roster');

/** Who was on duty last week stays as it was. */
export const RosterVersionEntity = versionEntity<RosterSpec>('Roster');
