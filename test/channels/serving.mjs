/** What every platform's local server is made of, whatever it speaks. */

/** Ends the process when it is told to, and with whoever started it, who may be killed: nobody is left to stop it then. */
export function endWithStarter() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(0));
  if (process.env.ATENDE_SIM_PARENT) process.stdin.resume().on('end', () => process.exit(0));
}

/** What a server takes for now, in epoch ms, whose clock stands `skewMs` before the true time. */
export function nowOf({ skewMs }) {
  return Date.now() + skewMs;
}

export async function bytesOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** JSON, or null where it is none. */
export function json(bytes) {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

/** The file of a form, as `{ name, type, bytes }`, or null where there is none. */
export async function fileIn(bytes, contentType = '') {
  if (!contentType.startsWith('multipart/form-data')) return null;
  const form = await new Response(bytes, { headers: { 'content-type': contentType } }).formData().catch(() => null);
  const file = form?.get('file');
  if (!(file instanceof File)) return null;
  return { name: file.name, type: file.type, bytes: Buffer.from(await file.arrayBuffer()) };
}

/** The route `[method, pattern, call, handler]` a request is for, with what its path holds; or undefined. */
export function routed(routes, method, path) {
  return routes
    .map(([wanted, pattern, call, handler]) => ({
      call,
      handler,
      match: wanted === method ? pattern.exec(path) : null,
    }))
    .find(({ match }) => match !== null);
}
