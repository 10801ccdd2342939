/** How this platform fails; what fails next is planned in `../faults.mjs`. */
import { textOf } from './json.mjs';

/** What happens before anything is done. @returns true when the request is over */
export function before(planned, request, response) {
  switch (planned?.fault) {
    case 'cut_before':
      request.socket.destroy();
      return true;
    case 'error_before':
      breakDown(response, planned);
      return true;
    case 'busy':
      // Too much is said with 200, too.
      answer(
        response,
        planned.http ?? 200,
        error('error_rate_limit', 'Too many requests. You have reached the rate limit.'),
      );
      return true;
    case 'refuse':
      answer(response, 200, error('user_is_forbidden', 'The user can not be contacted.'));
      return true;
    case 'undeclared':
      answer(response, 200, error('source_ip_undeclared', 'Request Source IP is undeclared.'));
      return true;
    case 'garbage':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Estamos em manutenção</p>');
      return true;
    case 'absent':
      answer(response, 200, error('error_param', 'The information you queried is not found.'));
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

/** The platform's own failure, before or after it did what was asked: with 500, or with 200 and a word. */
function breakDown(response, { http }) {
  answer(
    response,
    http ?? (Math.random() < 0.5 ? 500 : 200),
    error('error_server', 'Something wrong. Please try later.'),
  );
}

export const error = (word, message) => ({ request_id: 'sim', error: word, message });

export function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(textOf(body));
}
