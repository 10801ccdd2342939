/**
 * What the platform does to the next requests. A fault is for a call (`send`, `read`, `token`) and, when it names one, for a
 * thing: a question's or pack's id. Faults of one call and thing come one after the other; `none` is a turn without one.
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
      answer(
        response,
        429,
        { message: 'too many requests', error: 'local_rate_limited', status: 429, cause: [] },
        headers,
      );
      return true;
    }
    case 'garbage':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Estamos em manutenção</p>');
      return true;
    case 'absent':
      answer(response, 404, {
        message: 'could not be retrieved from storage',
        error: 'not_found',
        status: 404,
        cause: [],
      });
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

/** The platform's own failure, before or after it did what was asked. */
function breakDown(response, { http }) {
  answer(response, http ?? 500, { message: 'internal_error', error: 'internal_error', status: 500, cause: [] });
}

export function answer(response, status, body, headers = {}) {
  const bytes = Buffer.isBuffer(body) ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(bytes);
}
