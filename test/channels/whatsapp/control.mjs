/**
 * What a test, or a person trying things out, tells the platform to do:
 *
 *   POST /sim/messages  { phone?, user?, name?, text?, type?, …, at?, hidePhone?, silent? }   a buyer writes
 *   POST /sim/batch     { messages: […] }                                one notice of many messages, whatever they look like
 *   POST /sim/echoes    { to, text, image? }                             somebody answers in the app on the shop's phone
 *   POST /sim/notices   { field, value }                                 any other notice
 *   POST /sim/statuses  { id, intent, to, failing? }                     the platform tells again, or changes its mind
 *   POST /sim/media     { base64, mime }                                 a file somebody sends; its id
 *   POST /sim/templates { name, language, status, components, … }        a template in the business account
 *   POST /sim/faults    { call, about?, fault, code?, retryAfter? }      what happens to a request
 *   POST /sim/settings  { … }                                            see `world.mjs`
 *   POST /sim/subscribe                                                  the address of notices is tried, and told again
 *   POST /sim/expire    { token? }                                       tokens end; another one works from now on
 *   POST /sim/taken     { intent? , to? }                                what was taken
 *   POST /sim/told      { intent }                                       what notices said about a message
 *   GET  /sim/state                                                      what the platform has
 */
import { notify, notifyMessages, notifyStatuses, subscribe } from './notices.mjs';

export async function control({ world, faults }, method, name, given) {
  const act = ACTS[`${method} ${name}`];
  return act === undefined
    ? [404, { error: 'unknown', known: Object.keys(ACTS) }]
    : [200, (await act(world, given, faults)) ?? {}];
}

const ACTS = {
  'POST messages': (world, { silent = false, ...given }) => {
    const message = world.write(given);
    if (!silent) notifyMessages(world, [message]);
    return message;
  },
  'POST batch': (world, { messages }) => {
    const written = messages.map((one) => ('raw' in one ? one.raw : world.write(one)));
    return { messages: written, ...notifyMessages(world, written) };
  },
  'POST echoes': (world, { to, text, image = null }) => {
    const timestamp = String(Math.floor(world.now() / 1_000));
    const echo = {
      from: world.settings.displayPhone,
      to,
      id: world.wamid(),
      timestamp,
      ...(image === null
        ? { type: 'text', text: { body: text } }
        : { type: 'image', image: { ...image, ...(text ? { caption: text } : {}) } }),
    };
    notify(world, 'smb_message_echoes', { message_echoes: [echo] });
    return echo;
  },
  'POST notices': (world, { field, value }) => notify(world, field, value),
  'POST statuses': (world, { failing = null, ...about }) => notifyStatuses(world, about, failing),
  'POST media': (world, { base64, mime }) => ({ id: world.keepMedia(Buffer.from(base64, 'base64'), mime) }),
  'POST templates': (world, given) => {
    const isThis = ({ name, language }) => name === given.name && language === given.language;
    world.templates = [...world.templates.filter((one) => !isThis(one)), given];
    return given;
  },
  'POST faults': (_world, given, faults) => faults.plan(given),
  'POST settings': (world, given) => Object.assign(world.settings, given),
  'POST subscribe': (world) => subscribe(world),
  'POST expire': (world, { token }) => {
    world.tokens = new Set(token === undefined ? [] : [token]);
  },
  'POST taken': (world, { intent, to }) =>
    world.taken.filter((one) => (intent === undefined || one.intent === intent) && (to === undefined || one.to === to)),
  'POST told': (world, { intent }) =>
    world.told.filter((body) => body.includes(`"biz_opaque_callback_data":"${intent}"`)),
  'GET state': (world) => ({
    taken: world.taken,
    told: world.told.length,
    limited: world.limited,
    crowded: world.crowded,
    disabled: world.isDisabled,
  }),
};
