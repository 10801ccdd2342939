/**
 * What a test, or a person trying things out, tells the provider to do:
 *
 *   POST /sim/mails    { raw, user?, box?, flags?, at?, hiddenFor? }
 *                                                          a mail arrives, as it stands; `hiddenFor` = it is told of and found, and
 *                                                          so many requests for it get nothing
 *   POST /sim/accounts { user, password }                  somebody opens a mailbox, or changes the password
 *   POST /sim/renumber { user?, box? }                     a mailbox was restored: other numbers, another validity
 *   POST /sim/boxes    { user?, box, name, use? }          a mailbox is renamed; `use` = what the server says that it is for
 *   POST /sim/faults   { call, about?, fault }             what happens next: see `smtp.mjs` and `imap.mjs`
 *   POST /sim/settings { … }                               see `world.mjs`
 *   POST /sim/access   { consent? }                        access by consent ends now; with `consent` it cannot be renewed either
 *   POST /sim/hangup   {}                                connections that wait for news are cut
 *   POST /sim/taken    { to }                              what was taken for a recipient
 *   GET  /sim/state                                        ports, mailboxes, everything taken
 */
const USER = 'loja@loja.example';

export function control(sim, method, name, given) {
  const act = ACTS[`${method} ${name}`];
  return act === undefined ? [404, { error: 'unknown', known: Object.keys(ACTS) }] : [200, act(sim, given)];
}

const ACTS = {
  'POST mails': ({ world }, { raw, user = USER, box = 'INBOX', ...options }) => ({
    uid: world.put(user, box, Buffer.from(raw.replace(/\r?\n/g, '\r\n'), 'utf8'), options),
  }),
  'POST accounts': ({ world }, { user, password }) => {
    const known = world.accounts.get(user);
    if (known === undefined) world.open(user, password);
    else known.password = password;
    return {};
  },
  'POST renumber': ({ world }, { user = USER, box = 'INBOX' }) => world.renumber(user, box) ?? {},
  'POST boxes': ({ world }, { user = USER, box, name, use = null }) => world.rename(user, box, { name, use }) ?? {},
  'POST faults': ({ faults }, given) => faults.plan(given) ?? {},
  'POST settings': ({ world }, given) => Object.assign(world.settings, given),
  'POST access': ({ world }, given) => world.signIn.end(given) ?? {},
  'POST hangup': ({ world }) => {
    for (const socket of world.waiting) socket.destroy();
    return {};
  },
  'POST taken': ({ world }, { to }) => world.taken.filter((one) => one.to === to),
  'GET state': ({ world, ports }) => ({
    ...ports,
    waiting: world.waiting.size,
    waits: world.waits,
    boxes: Object.fromEntries(
      [...world.accounts].map(([user, { boxes }]) => [
        user,
        Object.fromEntries(
          [...boxes.values()].map(({ name, messages }) => [name, messages.map(({ raw }) => raw.toString('utf8'))]),
        ),
      ]),
    ),
    taken: world.taken,
  }),
};
