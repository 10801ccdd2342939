/**
 * What a platform's local server does to the next requests. A fault is for a call (such as `send`, `read`, `token`) and, when it names
 * one, for a thing. Faults of one call and thing come one after the other; `none` is a turn without one.
 */
export class Faults {
  #planned = [];

  plan({ call, about = null, fault, http = null, retryAfter = null }) {
    this.#planned.push({ call, about, fault, http, retryAfter });
  }

  take(call, about) {
    const at = this.#planned.findIndex((one) => one.call === call && (one.about === null || one.about === about));
    return at < 0 ? null : this.#planned.splice(at, 1)[0];
  }

  clear() {
    this.#planned = [];
  }
}
