import { classify } from '../../src/domain/classification/classify.js';
import { SHIPPED_RULES } from '../../src/domain/classification/rules/shipped.js';
import type { MemberFacts } from '../../src/domain/inquiry/facts.js';
import type { Assumption, Happening, SimulatedInquiry } from '../../src/domain/simulation/happening.js';
import type { Surroundings } from '../../src/domain/simulation/surroundings.js';
import { definitionEnvironment } from './definition-environment.js';

const MINUTE = 60_000;
const LOCALES = ['pt-BR', 'es', 'en', 'zh-CN'];

const calendars = definitionEnvironment().calendars.map(({ key, spec }) => ({ key, version: 1, spec }));
const always = calendars.find(({ key }) => key === 'always');
const agent = (id: string): MemberFacts => ({
  id,
  role: 'agent',
  languages: [],
  skills: [],
  away: false,
  substituteId: null,
  openTasks: 0,
  capacity: 50,
});
const versions = LOCALES.flatMap((locale) => [{ locale, form: 'chat' as const, version: 1 }]);

/** A small tenant to simulate in: two agents in every queue, round the clock. */
export const surroundings: Surroundings = {
  calendars,
  queues: ['sales-br', 'night-sz', 'supervisors'].map((key) => {
    if (always === undefined) throw new Error('No calendar');
    return {
      key,
      calendar: always,
      roster: null,
      members: [agent('ana'), agent('bruno')],
      lastChosen: null,
      cap: null,
    };
  }),
  defaultQueue: 'sales-br',
  templates: { ack: versions, away: versions },
  people: [
    {
      id: 'sofia',
      key: 'sofia',
      role: 'supervisor',
      queues: ['sales-br'],
      languages: [],
      skills: [],
      reach: { email: false, webhook: false },
    },
  ],
};

/** A message of the buyer at an instant (epoch ms). */
export const said = (id: string, at: number, text = 'Oi, quando chega?'): Happening => ({
  at,
  kind: 'message',
  message: {
    ...{ id, sentAt: at, text, attachments: [], respondBy: null, noResponseNeeded: false, windowUntil: null },
    classification: classify(text, 'pt-BR', SHIPPED_RULES),
  },
});

/** An inquiry of the demo shop to which this happens. */
export const inquiry = (id: string, happenings: readonly Happening[]): SimulatedInquiry => ({
  id,
  shop: {
    ...{ id: 'shop', key: 'demo', channel: 'webhook', country: 'BR', language: 'pt-BR', calendar: 'always' },
    ...{ holdMs: 0, verdictTimeoutMs: 15 * MINUTE, form: 'chat', automatedSends: true },
  },
  buyer: { id: 'buyer', returning: false, blocked: false, tags: [], value: 0, language: 'pt-BR' },
  conversation: { windowUntil: null, oneAnswer: false, humanAnswered: false, lastAgentId: null, onceMarks: {} },
  backfill: false,
  linked: null,
  happenings,
  automatedFates: [],
  answers: [],
});

/** What is supposed at a reply step: somebody answers after so much working time. */
export const sent = (afterMs: number): Assumption => ({
  outcome: 'sent',
  afterMs,
  command: {
    ...{ kind: 'reply', taskKey: null, token: null, language: null, inReplyTo: null, seenPosition: null },
    ...{ close: false, template: null },
  },
  message: null,
  answer: null,
});
