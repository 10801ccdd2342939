/** How this platform fails; what fails next is planned in `../faults.mjs`. */
import { failing } from '../faults.mjs';

export const { before, after } = failing({
  breakDown(response, { http }) {
    answer(response, http ?? 500, { message: 'internal_error', error: 'internal_error', status: 500, cause: [] });
  },
  page: '<p>Estamos em manutenção</p>',
  words: {
    busy(response, { retryAfter }) {
      const headers = retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
      const body = { message: 'too many requests', error: 'local_rate_limited', status: 429, cause: [] };
      answer(response, 429, body, headers);
    },
    forbidden(response) {
      answer(response, 403, { message: 'forbidden', error: 'forbidden', status: 403, code: 'FORBIDDEN' });
    },
    absent(response) {
      const message = 'could not be retrieved from storage';
      answer(response, 404, { message, error: 'not_found', status: 404, cause: [] });
    },
  },
});

export function answer(response, status, body, headers = {}) {
  const bytes = Buffer.isBuffer(body) ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(bytes);
}
