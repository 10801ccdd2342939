import type { Calendar } from '../calendar/types.js';
import type { MemberReach } from '../notice/means.js';
import type { FactMap, PersonFacts, QueueFacts, TemplateFacts } from '../inquiry/facts.js';

/**
 * What a simulation knows about the tenant: a copy in plain values, taken before it begins. There is no way from here to a
 * database, a channel or a person, so nothing a simulated decision does can have an effect.
 */
export type Surroundings = {
  /** Newest versions. */
  readonly calendars: readonly Calendar[];
  /** Queues with their members, all present and without work. */
  readonly queues: readonly QueueFacts[];
  readonly defaultQueue: string;
  readonly templates: Readonly<Record<string, TemplateFacts>>;
  /** Active members. */
  readonly people: readonly (PersonFacts & { readonly key: string; readonly reach: MemberReach })[];
};

/** Facts that stay the same while time passes, by request key. */
export function lastingFacts({ calendars, defaultQueue, templates, people }: Surroundings): FactMap {
  const facts: Record<string, unknown> = { defaultQueue, pending: null, unseen: null };
  for (const calendar of calendars) {
    facts[`calendar:${calendar.key}`] = calendar;
    facts[`calendar:${calendar.key}@${calendar.version}`] = calendar;
  }
  for (const [key, versions] of Object.entries(templates)) facts[`template:${key}`] = versions;
  for (const { key, reach, ...person } of people) {
    facts[`reach:${person.id}`] = reach;
    facts[`member:${person.id}`] = person;
    facts[`member:${key}`] = person;
    const role = `role:${person.role}`;
    facts[role] = [...((facts[role] as PersonFacts[] | undefined) ?? []), person];
  }
  return facts;
}

/** The answer to a question about something the tenant does not have. */
export function absentFact(word: string): unknown {
  return word === 'template' || word === 'role' ? [] : null;
}
