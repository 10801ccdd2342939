/**
 * What a test, or a person trying things out, tells the platform to do; everything of the mail provider besides (`../email/control.mjs`):
 *
 *   POST /sim/buyers    { name?, wantsMail?, orders? }     somebody buys; their address at the relay
 *   POST /sim/writes    { alias, orderId?, text, head?, parts?, proof? }
 *                                                          they write; `proof` = what the shop's provider finds: pass, fail, none
 *   POST /sim/delivered { alias }                          what the relay has passed on to them
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
  'POST delivered': ({ world }, { alias }) => world.delivered.filter((one) => one.alias === alias),
};
