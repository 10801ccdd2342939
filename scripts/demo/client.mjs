/** The API as the demo uses it: over HTTP only, with the keys of `demo.json`. */
import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** Times a request is sent before the demo gives up on it. */
const TRIES = 6;

/** A problem document as an error. */
export class Refused extends Error {
  constructor(status, body) {
    super(`${status} ${body?.code ?? ''} ${body?.detail ?? ''}`.trim());
    this.status = status;
    this.code = body?.code ?? null;
  }
}

export class Client {
  #demo;

  /** @param demo the content of `demo.json` */
  constructor(demo) {
    this.#demo = demo;
  }

  /** Delivers one event of the demo shop's channel, signed; sent again with the same ids until it is answered. */
  async deliver(event) {
    const body = JSON.stringify(event);
    const id = `demo-${randomUUID()}`;
    const { body: answer } = await this.#exchange(`/channels/webhook/${this.#demo.shop.id}`, () => ({
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signed(this.#demo.shop.webhookSecret, id, body) },
      body,
    }));
    return answer;
  }

  /** Reads a path as one of the demo members; without one, as nobody. */
  async get(member, path) {
    return (await this.#exchange(path, () => ({ headers: this.#headers(member) }))).body;
  }

  /** Every item of a list. */
  async all(member, path) {
    const items = [];
    for (let cursor = null; ;) {
      const separator = path.includes('?') ? '&' : '?';
      const next = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await this.get(member, `${path}${separator}limit=200${next}`);
      items.push(...page.items);
      cursor = page.nextCursor;
      if (cursor === null) return items;
    }
  }

  /** Acts as one of the demo members; safe to repeat, so it is. Null when there is nothing (204). */
  async post(member, path, body) {
    const headers = {
      ...this.#headers(member),
      'idempotency-key': randomUUID(),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const init = { method: 'POST', headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const { status, body: answer } = await this.#exchange(path, () => init);
    return status === 204 ? null : answer;
  }

  #headers(member) {
    return member === null ? {} : { authorization: `Bearer ${this.#demo.keys[member]}` };
  }

  async #exchange(path, init) {
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.#try(path, init(), attempt);
      if (response === null) continue;
      const text = await response.text();
      const isJson = /json/.test(response.headers.get('content-type') ?? '');
      const body = isJson && text !== '' ? JSON.parse(text) : text;
      if (response.ok) return { status: response.status, body };
      throw new Refused(response.status, body);
    }
  }

  /** Null = to be sent again: nobody answered, or whoever did asked for patience. */
  async #try(path, init, attempt) {
    try {
      const response = await fetch(`${this.#demo.baseUrl}${path}`, { ...init, signal: AbortSignal.timeout(15_000) });
      if (response.status !== 429 && response.status < 500) return response;
      if (attempt >= TRIES) return response;
      await response.arrayBuffer();
      await sleep(1_000 * Number(response.headers.get('retry-after') ?? 2 ** attempt / 2));
    } catch (error) {
      if (attempt >= TRIES) throw error;
      await sleep(250 * 2 ** attempt);
    }
    return null;
  }
}

/** Headers of Standard Webhooks. */
function signed(secret, id, body) {
  const at = Math.floor(Date.now() / 1000);
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` };
}
