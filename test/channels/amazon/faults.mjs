/** How this platform's API fails; what fails next is planned in `../faults.mjs`. */
import { failing } from '../faults.mjs';

export const { before, after } = failing({
  breakDown(response, { http }) {
    refuse(response, http ?? 500, 'InternalFailure', 'We encountered an internal error. Please try again.');
  },
  page: '<html><body>Service unavailable</body></html>',
  words: {
    busy(response, { retryAfter }) {
      const headers = { 'x-amzn-ratelimit-limit': '1.0', ...(retryAfter ? { 'retry-after': String(retryAfter) } : {}) };
      refuse(response, 429, 'QuotaExceeded', 'You exceeded your quota for the requested resource.', headers);
    },
    refuse: (response) => refuse(response, 400, 'InvalidInput', 'The message has something in it that is not allowed.'),
    forbidden: (response) => refuse(response, 403, 'Unauthorized', 'Access to requested resource is denied.'),
    token_busy: (response) => answer(response, 503, { error: 'temporarily_unavailable' }),
  },
});

export function refuse(response, status, code, message, headers = {}) {
  answer(response, status, { errors: [{ code, message, details: '' }] }, headers);
}

export function answer(response, status, body, headers = {}) {
  const type = 'application/hal+json';
  response.writeHead(status, { 'content-type': type, 'x-amzn-requestid': 'sim', ...headers }).end(JSON.stringify(body));
}
