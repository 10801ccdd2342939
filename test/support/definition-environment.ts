import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CalendarSpec } from '../../src/domain/calendar/types.js';
import { KNOWN_CHANNELS } from '../../src/modules/definition/language/environment.js';
import type { Environment } from '../../src/modules/definition/language/environment.js';

/** A file of `definitions/`, as text. */
export function shippedDefinition(name: string): string {
  return readFileSync(join('definitions', name), 'utf8');
}

const specs = new Map<string, CalendarSpec>();

/** Read once: what was worked out about a calendar is remembered with its spec. */
export function shippedCalendar(key: string): Environment['calendars'][number] {
  const { key: _named, ...read } = JSON.parse(shippedDefinition(`calendars/${key}.json`)) as CalendarSpec & {
    key: string;
  };
  const spec = specs.get(key) ?? read;
  specs.set(key, spec);
  return { key, spec };
}

const LOCALES = ['pt-BR', 'es', 'en', 'zh-CN'];

/** The demo tenant as the linter sees it, changed by `changes`. */
export function definitionEnvironment(changes: Partial<Environment> = {}): Environment {
  const template = (key: string, variables: readonly string[]): Environment['templates'][number] => {
    return { key, locales: LOCALES, forms: ['letter', 'chat'], variables };
  };
  return {
    now: Date.UTC(2026, 10, 23, 12),
    queues: [
      { key: 'sales-br', calendar: 'br-office', hasMembers: true },
      { key: 'night-sz', calendar: 'always', hasMembers: true },
      { key: 'supervisors', calendar: 'br-office', hasMembers: true },
    ],
    templates: [template('ack', ['shop.name']), template('away', ['back', 'shop.name'])],
    calendars: [shippedCalendar('br-office'), shippedCalendar('always')],
    connections: [
      {
        key: 'erp',
        operations: [
          { name: 'refund', reading: false, needs: [] },
          { name: 'ship', reading: false, needs: ['order'] },
          { name: 'find-refund', reading: true, needs: [] },
        ],
      },
    ],
    retentionClasses: ['presale', 'order', 'dispute', 'authority'],
    locales: LOCALES,
    channels: KNOWN_CHANNELS,
    shopsChannels: ['webhook'],
    ...changes,
  };
}
