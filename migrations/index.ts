import { RolesAndWork } from './0001-roles-and-work.js';
import { Configuration } from './0002-configuration.js';
import { Conversations } from './0003-conversations.js';
import { Engine } from './0004-engine.js';
import { Records } from './0005-records.js';

/** Every schema step in order; forward only in operation, `down` is for development. */
export const migrations = [RolesAndWork, Configuration, Conversations, Engine, Records] as const;
