/** How this platform fails; what fails next is planned in `../faults.mjs`. */
import { failing } from '../faults.mjs';
import { graphError } from './api.mjs';

export const { before, after } = failing({
  /** It cannot tell itself whether it did what was asked. */
  breakDown(response, { code }) {
    answer(response, ...graphError(500, code ?? 1, 'An unknown error occurred'));
  },
  page: '<p>Sorry, something went wrong</p>',
  words: {
    busy(response, { code, retryAfter }) {
      const headers = retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
      answer(response, ...graphError(429, code ?? 130_429), headers);
    },
    /** What stands before the platform says it, in no words of the platform. */
    shed(response, { retryAfter }) {
      const headers = retryAfter === null ? {} : { 'retry-after': String(retryAfter) };
      response.writeHead(429, { 'content-type': 'text/html', ...headers }).end('<p>Too many requests</p>');
    },
  },
});

export function answer(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
