/**
 * What a platform's local server does to the next requests. A fault is for a call (such as `send`, `read`, `token`) and, when it names
 * one, for a thing or a person. Faults of one call and thing come one after the other; `none` is a turn without one.
 */
export class Faults {
  #planned = [];

  plan({ call, about = null, fault, http = null, code = null, retryAfter = null }) {
    this.#planned.push({ call, about, fault, http, code, retryAfter });
  }

  take(call, about = null) {
    const at = this.#planned.findIndex((one) => one.call === call && (one.about === null || one.about === about));
    return at < 0 ? null : this.#planned.splice(at, 1)[0];
  }

  clear() {
    this.#planned = [];
  }
}

/**
 * How a platform over HTTP fails. What differs is its own: `breakDown` is its failure, before or after it did what was asked, `page` what
 * it shows when it is no platform at all, and `words` what it says instead of doing anything, by fault.
 */
export function failing({ breakDown, page, words }) {
  return {
    /** What happens before anything is done. @returns true when the request is over */
    before(planned, request, response) {
      const fault = planned?.fault;
      if (fault === 'cut_before') request.socket.destroy();
      else if (fault === 'error_before') breakDown(response, planned);
      else if (fault === 'garbage') response.writeHead(200, { 'content-type': 'text/html' }).end(page);
      else if (Object.hasOwn(words, fault)) words[fault](response, planned);
      else return false;
      return true;
    },

    /** How the answer to something that was done gets lost. @returns true when nothing more is said */
    after(planned, request, response) {
      const fault = planned?.fault;
      if (fault === 'cut_after') request.socket.destroy();
      else if (fault === 'error_after') breakDown(response, planned);
      else return fault === 'hang_after';
      return true;
    },
  };
}
