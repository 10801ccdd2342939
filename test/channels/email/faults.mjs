/**
 * What the provider does next. A fault is for a call (`send`, `read`, `login`) and, when it names one, for a recipient. Faults of one
 * call and recipient come one after the other; `none` is a turn without one.
 */
export class Faults {
  #planned = [];

  plan({ call, about = null, fault }) {
    this.#planned.push({ call, about, fault });
  }

  take(call, about = null) {
    const at = this.#planned.findIndex((one) => one.call === call && (one.about === null || one.about === about));
    return at < 0 ? 'none' : this.#planned.splice(at, 1)[0].fault;
  }
}
