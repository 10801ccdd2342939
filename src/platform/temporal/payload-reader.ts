import type { Payload } from '@temporalio/common';
import { Erased } from '../crypto/index.js';
import type { PayloadKeys } from './payload-codec.js';
import { openPayload, originOf, PayloadRefused } from './payload-seal.js';
import type { PayloadOrigin } from './payload-seal.js';

/** What became of a payload that somebody wants to read. */
export type ReadPayload = {
  readonly payload: Payload;
  /** `engine`: the SDK's own record, which is never sealed; `foreign`: of a workflow that is not the reader's. */
  readonly outcome: 'opened' | 'erased' | 'refused' | 'foreign' | 'engine';
  /** The workflow it belongs to; of a foreign one what it says itself. */
  readonly workflowId: string | null;
};

/**
 * Opens payloads for people. Unlike a worker, which must not go on with what it cannot trust, a reader is shown what is there:
 * a tombstone for what has been erased, a note for what is refused.
 */
export class PayloadReader {
  constructor(
    private readonly namespace: string,
    private readonly keys: PayloadKeys,
  ) {}

  /**
   * Opens payloads, in order.
   *
   * @param theirs whether the reader may see payloads of this workflow
   * @throws what the keys throw when they cannot be had
   */
  async read(payloads: readonly Payload[], theirs: (workflowId: string) => boolean): Promise<ReadPayload[]> {
    return Promise.all(payloads.map((payload) => this.#one(payload, theirs)));
  }

  async #one(payload: Payload, theirs: (workflowId: string) => boolean): Promise<ReadPayload> {
    const from = origin(payload);
    if (from === null)
      return isEnginesOwn(payload) ? { payload, outcome: 'engine', workflowId: null } : refused('clear');
    const { workflowId, keyId } = from;
    if (!theirs(workflowId)) return { ...refused('foreign_workflow'), outcome: 'foreign', workflowId };
    try {
      const key = await this.keys.opening(workflowId, keyId);
      return { payload: openPayload(payload, this.namespace, key), outcome: 'opened', workflowId };
    } catch (error) {
      if (error instanceof Erased) return { payload: note({ erased: true }), outcome: 'erased', workflowId };
      if (error instanceof PayloadRefused) return refused(error.reason);
      throw error;
    }
  }
}

/** Where a payload says it belongs; null for one that was never sealed. */
function origin(payload: Payload): PayloadOrigin | null {
  try {
    return originOf(payload);
  } catch {
    return null;
  }
}

function refused(reason: string): ReadPayload {
  return { payload: note({ refused: reason }), outcome: 'refused', workflowId: null };
}

function note(value: unknown): Payload {
  const data = Buffer.from(JSON.stringify(value), 'utf8');
  return { metadata: { encoding: Buffer.from('json/plain', 'utf8') }, data };
}

/** What the SDK writes into markers by itself, past every codec: names of activities, numbers and instants. */
const LOCAL_ACTIVITY: readonly string[] = [
  'seq',
  'attempt',
  'activity_id',
  'activity_type',
  'complete_time',
  'backoff',
  'original_schedule_time',
];
const INSTANT: readonly string[] = ['seconds', 'nanos'];
const NAME = /^[\w.:-]{1,200}$/;

function isEnginesOwn({ metadata, data }: Payload): boolean {
  if (Buffer.from(metadata?.['encoding'] ?? []).toString('utf8') !== 'json/plain') return false;
  try {
    const record: unknown = JSON.parse(Buffer.from(data ?? []).toString('utf8'));
    return hasOnly(record, LOCAL_ACTIVITY) && 'activity_type' in record && Object.values(record).every(isPlainRecord);
  } catch {
    return false;
  }
}

function isPlainRecord(value: unknown): boolean {
  if (value === null || typeof value === 'number') return true;
  if (typeof value === 'string') return NAME.test(value);
  return hasOnly(value, INSTANT) && Object.values(value).every((part) => typeof part === 'number');
}

function hasOnly(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.keys(value).every((name) => names.includes(name));
}
