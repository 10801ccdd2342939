/**
 * What the platform does to the next requests. A fault is for a call (`send`, `read`) and, when it names one, for whom a message is to.
 * Faults of one call and person come one after the other; `none` is a turn without one.
 */
import { graphError } from './api.mjs';

export class Faults {
  #planned = [];

  plan({ call, about = null, fault, code = null, retryAfter = null }) {
    this.#planned.push({ call, about, fault, code, retryAfter });
  }

  take(call, about) {
    const at = this.#planned.findIndex((one) => one.call === call && (one.about === null || one.about === about));
    return at < 0 ? null : this.#planned.splice(at, 1)[0];
  }
}

/** What happens before anything is done. @returns true when the request is over */
export function before(planned, request, response) {
  switch (planned?.fault) {
    case 'cut_before':
      request.socket.destroy();
      return true;
    case 'error_before':
      breakDown(response, planned);
      return true;
    case 'busy': {
      const headers = planned.retryAfter === null ? {} : { 'retry-after': String(planned.retryAfter) };
      answer(response, ...graphError(429, planned.code ?? 130_429), headers);
      return true;
    }
    case 'garbage':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Sorry, something went wrong</p>');
      return true;
    default:
      return false;
  }
}

/** How the answer to something that was done gets lost. @returns true when nothing more is said */
export function after(planned, request, response) {
  switch (planned?.fault) {
    case 'hang_after':
      return true;
    case 'cut_after':
      request.socket.destroy();
      return true;
    case 'error_after':
      breakDown(response, planned);
      return true;
    default:
      return false;
  }
}

/** The platform's own failure, before or after it did what was asked: it cannot tell either. */
function breakDown(response, { code }) {
  answer(response, ...graphError(500, code ?? 1, 'An unknown error occurred'));
}

export function answer(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
