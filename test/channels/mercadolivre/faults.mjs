/** How this platform fails; what fails next is planned in `../faults.mjs`. */

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
