/**
 * What a test, or a person trying things out, tells the platform to do; everything of the mail provider besides (`../email/control.mjs`):
 *
 *   POST /sim/buyers    { name?, wantsMail?, orders?, allowed? }
 *                                                          somebody buys; their address at the relay. `allowed` = kinds of messages
 *   POST /sim/writes    { alias, orderId?, text, head?, parts?, proof?, hiddenFor? }
 *                                                          they write; `proof` = what the shop's provider finds: pass, fail, none;
 *                                                          `hiddenFor` as for mails
 *   POST /sim/delivered { alias }                          what the relay has passed on to them
 *   POST /sim/typed     { order }                          messages of fixed kinds that were taken for an order
 *   POST /sim/end       { consent? }                       access ends at once; with `consent` the seller takes it back
 *   POST /sim/settings  { … }                              see `relay.mjs` and `../email/world.mjs`
 */
import { control as mailControl } from '../email/control.mjs';

export function control(sim, method, name, given) {
  const act = ACTS[`${method} ${name}`];
  return act === undefined ? mailControl(sim, method, name, given) : [200, act(sim, given)];
}

const ACTS = {
  'POST buyers': ({ world }, given) => ({ alias: world.meet(given) }),
  'POST writes': ({ world }, given) => world.write(given),
  'POST typed': ({ world }, { order }) => world.typed.filter((one) => one.order === order),
  'POST end': ({ login }, given) => login.end(given) ?? {},
  'POST delivered': ({ world }, { alias }) => world.delivered.filter((one) => one.alias === alias),
};
