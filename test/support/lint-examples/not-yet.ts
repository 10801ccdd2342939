import { ANSWER, before, definition, example } from './example.js';
import type { Example } from './example.js';

const reply = (fields: string, on = 'sent: buyer, not_needed: close'): string =>
  definition([`{ id: reply, task: { kind: reply, ${fields} }, on: { ${on} } }`, ...ANSWER.slice(1)]);

/** What the language has and this release does not execute, by the name of the construct. */
export const NOT_YET: readonly Example[] = [
  example('faq', 'steps.one.faq', before('{ id: one, «faq: { set: shipping, minScore: 0.8, offer: 3 } }')),
  example('task: translate', 'steps.reply.task.translate', reply('«translate: true')),
  example(
    'send: experiment',
    'steps.one.send.experiment',
    before('{ id: one, send: { template: [ack, away], with: { back: "now" }, «experiment: wording } }'),
  ),
];
