/**
 * What a test, or a person trying things out, tells the platform to do:
 *
 *   POST /sim/questions { buyerId, text, itemId?, status?, at?, silent? }    a buyer asks
 *   POST /sim/packs     { buyerId, agent?, single?, excepted?, items?, at? }  a buyer has bought;
 *                       items: [{ id, title, quantity, price }]
 *   POST /sim/items     { id, title, price, … }                               something is on offer, as the platform shows it
 *   POST /sim/messages  { packId, text, from?, at?, hiddenFor?, silent?, files? }  a buyer (or the seller, elsewhere) writes;
 *                       files: [{ name, type, base64 }]
 *   POST /sim/answers   { questionId, text, silent? }                         the seller answers elsewhere
 *   POST /sim/moderate  { questionId | messageId, reason }                    the platform changes its mind
 *   POST /sim/block     { packId, substatus }                                 nobody may write any more
 *   POST /sim/claims    { buyerId, stage?, at? }                              a buyer claims something
 *   POST /sim/claim     { claimId, status?, stage? }                          the platform closes it, or mediates (`dispute`)
 *   POST /sim/claimed   { claimId, sender, receiver, text, at?, silent?, files? }  somebody writes in it, as `complainant`,
 *                       `mediator` or `respondent`
 *   POST /sim/notices   { topic, resource, actions? }                         the application is told, whether it is so or not
 *   POST /sim/topics    { topic, off? }                                       a topic is switched on again, or off
 *   POST /sim/faults    { call, about?, fault, http?, retryAfter? }           what happens to a request
 *   POST /sim/settings  { … }                                                 see `world.mjs`
 *   POST /sim/expire    { refresh? }                                          access tokens end, with `refresh` everything
 *   POST /sim/elapse    { ms }                                                so much time passes for tokens that were given
 *   POST /sim/taken     { about }                                             what was taken for a question or pack
 *   GET  /sim/state                                                          what the platform has
 */
import { SUBSTATUSES } from './reasons.mjs';
import { notify } from './notices.mjs';
import { elapse } from './oauth.mjs';

export function control(sim, method, name, given) {
  const { world, faults } = sim;
  const act = ACTS[`${method} ${name}`];
  return act === undefined
    ? [404, { error: 'unknown', known: Object.keys(ACTS) }]
    : [200, act(world, given, faults, sim)];
}

const ACTS = {
  'POST questions': (world, { silent = false, ...given }) => {
    const question = world.ask(given);
    if (!silent) notify(world, 'questions', `/questions/${question.id}`);
    return question;
  },
  'POST items': (world, item) => world.items.set(item.id, item).get(item.id),
  'POST packs': (world, given) => world.pack(given),
  'POST messages': (world, { packId, silent = false, hiddenFor = 0, from = 'buyer', ...given }) => {
    const message = world.write(world.packs.get(packId), { ...given, from });
    message.hiddenFor = hiddenFor;
    if (!silent) notify(world, 'messages', message.id, ['created']);
    return message;
  },
  'POST answers': (world, { questionId, text, silent = false }) => {
    const question = world.questions.get(questionId);
    world.answer(question, text);
    if (!silent) notify(world, 'questions', `/questions/${questionId}`);
    return question;
  },
  'POST moderate': (world, { questionId, messageId, reason, silent = false }) => {
    const question = world.questions.get(questionId);
    if (question?.answer) question.answer.status = 'BANNED';
    const message = world.messages.get(messageId);
    if (message) Object.assign(message, { status: 'moderated', moderation: 'rejected', reason });
    if (!silent && question) notify(world, 'questions', `/questions/${questionId}`);
    if (!silent && message) notify(world, 'messages', messageId, ['created']);
    return {};
  },
  'POST block': (world, { packId, substatus }) => {
    if (substatus !== null && !SUBSTATUSES.has(substatus)) throw new Error(`No such substatus: ${substatus}`);
    return Object.assign(world.packs.get(packId), { substatus });
  },
  'POST claims': (world, given) => world.claim(given),
  'POST claim': (world, { claimId, silent = false, ...given }) => {
    if (!silent) notify(world, 'post_purchase', `post-purchase/v1/claims/${claimId}`, ['claims']);
    return Object.assign(world.claims.get(claimId), given);
  },
  'POST claimed': (world, { claimId, silent = false, ...given }) => {
    const message = world.claimed(world.claims.get(claimId), given);
    if (!silent) notify(world, 'post_purchase', `post-purchase/v1/claims/${claimId}`, ['claims_actions']);
    return { at: message.at };
  },
  'POST notices': (world, { topic, resource, actions }) => notify(world, topic, resource, actions) ?? {},
  'POST topics': ({ disabled, untaken }, { topic, off = false }) => {
    if (off) disabled.add(topic);
    else disabled.delete(topic);
    untaken.delete(topic);
    return { disabled: [...disabled] };
  },
  'POST faults': (world, given, faults) => faults.plan(given) ?? {},
  'POST settings': (world, given) => Object.assign(world.settings, given),
  'POST expire': (world, { refresh = false }) => {
    world.access.clear();
    if (refresh) for (const held of world.refresh.values()) held.isUsed = true;
    return {};
  },
  'POST elapse': (world, { ms }) => elapse(world, ms) ?? {},
  'POST taken': (world, { about }) => world.taken.filter((one) => one.about === about),
  'GET state': (world, given, faults, sim) => ({
    questions: [...world.questions.values()],
    packs: [...world.packs.values()],
    messages: [...world.messages.values()],
    taken: world.taken,
    blocked: { questions: [...world.blocked.questions], order: [...world.blocked.order] },
    missed: world.missed.length,
    disabled: [...world.disabled],
    refreshed: world.refreshed,
    limited: sim.limited ?? 0,
    asked: sim.asked ?? 0,
  }),
};
