/** How this platform fails; what fails next is planned in `../faults.mjs`. */
import { failing } from '../faults.mjs';
import { textOf } from './json.mjs';

const says =
  (word, message) =>
  (response, { http }) =>
    answer(response, http ?? 200, error(word, message));

export const { before, after } = failing({
  /** With 500, or with 200 and a word. */
  breakDown(response, { http }) {
    const status = http ?? (Math.random() < 0.5 ? 500 : 200);
    answer(response, status, error('error_server', 'Something wrong. Please try later.'));
  },
  page: '<p>Estamos em manutenção</p>',
  words: {
    // Too much is said with 200, too.
    busy: says('error_rate_limit', 'Too many requests. You have reached the rate limit.'),
    daily: says('error_limit', 'You have reached the daily limit of calls.'),
    refuse: says('user_is_forbidden', 'The user can not be contacted.'),
    undeclared: says('source_ip_undeclared', 'Request Source IP is undeclared.'),
    forbidden: says('error_api_permission', 'The access to this API is not permitted for your app.'),
    absent: says('error_param', 'The information you queried is not found.'),
  },
});

export const error = (word, message) => ({ request_id: 'sim', error: word, message });

export function answer(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(textOf(body));
}
