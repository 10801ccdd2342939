import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Problem } from '../problems/problem.js';
import type { ProblemCode } from '../problems/codes.js';
import { PROTECTIVE_HEADERS } from './protective-headers.js';

const CODES: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'body_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_too_slow',
};

/**
 * Answers bytes that are no request, are too many, or take too long, and ends the connection: what follows on it cannot be
 * told apart from the rest of the broken one.
 */
export function answerBrokenRequest(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  // Bytes of an answer are on their way already: a second one inside it would be taken for its body.
  if (isAnswering(socket)) {
    socket.destroy(error);
    return;
  }
  const problem = new Problem(CODES[error.code ?? ''] ?? 'request_invalid');
  const body = JSON.stringify(problem.toDocument(null));
  const headers = {
    ...PROTECTIVE_HEADERS,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** Whether Node is in the middle of an answer on this connection. */
function isAnswering(socket: Socket): boolean {
  const { _httpMessage: message } = socket as Socket & { _httpMessage?: { readonly headersSent?: boolean } | null };
  return message?.headersSent === true;
}
