import { readFileSync } from 'node:fs';
import type { CalendarSpec } from '../../domain/calendar/types.js';

export type DemoFiles = {
  readonly calendars: readonly (CalendarSpec & { readonly key: string })[];
  readonly templates: readonly {
    readonly key: string;
    readonly locale: string;
    readonly form: 'letter' | 'chat';
    readonly source: string;
  }[];
  readonly definition: string;
};

const CALENDARS = ['always', 'br-national', 'br-office', 'cn-office'] as const;

/** Reads the shipped calendars, templates and definition from the folder `definitions/`. */
export function readDemoFiles(folder: URL): DemoFiles {
  const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8');
  const json = <T>(name: string): T => JSON.parse(read(name)) as T;
  return {
    calendars: CALENDARS.map((key) => json(`calendars/${key}.json`)),
    templates: [
      ...json<DemoFiles['templates']>('templates/ack.json'),
      ...json<DemoFiles['templates']>('templates/away.json'),
    ],
    definition: read('standard-br.yaml'),
  };
}
