import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import { openPayload, originOf, PayloadRefused, sealPayload } from './payload-seal.js';
import type { PayloadKey } from './payload-seal.js';

/** Where payloads get their keys. Implemented by who knows what a workflow is about. */
export type PayloadKeys = {
  /**
   * The key for what is written about a workflow now.
   *
   * @param workflowId empty for what belongs to no workflow
   * @throws when the key cannot be had, or has been destroyed
   */
  sealing(workflowId: string): Promise<PayloadKey>;
  /**
   * The key a payload of a workflow names.
   *
   * @throws {@link Erased} when it has been destroyed; anything else when it cannot be had
   */
  opening(workflowId: string, keyId: string): Promise<Uint8Array>;
  /** A key that is always at hand. */
  readonly installation: PayloadKey;
};

/**
 * Seals everything that leaves for Temporal and opens what comes back: arguments, results, signals, updates, memos,
 * heartbeats, markers, summaries, the texts of failures. What is not sealed, or not for this namespace and workflow, is
 * refused: whoever can write to Temporal must not be able to make us believe it.
 */
export class SealingCodec implements PayloadCodec {
  constructor(
    private readonly namespace: string,
    private readonly keys: PayloadKeys,
  ) {}

  async encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    if (payloads.length === 0) return payloads;
    this.#checkNamespace(context);
    const workflowId = context?.workflowId ?? '';
    const key = await this.#sealingKey(workflowId, context);
    return payloads.map((payload) => sealPayload(payload, this.namespace, workflowId, key));
  }

  async decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    this.#checkNamespace(context);
    return Promise.all(payloads.map((payload) => this.#open(payload, context?.workflowId)));
  }

  /**
   * A worker ends when the failure of an activity cannot be encoded, and that must not follow from a database that is away:
   * what an activity reports, codes only, is then sealed with the key that is always at hand.
   */
  async #sealingKey(workflowId: string, context: SerializationContext | undefined): Promise<PayloadKey> {
    try {
      return await this.keys.sealing(workflowId);
    } catch (error) {
      if (context?.type === 'activity') return this.keys.installation;
      throw error;
    }
  }

  async #open(payload: Payload, expected: string | undefined): Promise<Payload> {
    const { workflowId, keyId } = originOf(payload);
    if (expected !== undefined && !belongsTo(expected, workflowId)) throw new PayloadRefused('foreign_workflow');
    return openPayload(payload, this.namespace, await this.keys.opening(workflowId, keyId));
  }

  #checkNamespace(context: SerializationContext | undefined): void {
    if (context !== undefined && context.namespace !== this.namespace) throw new PayloadRefused('foreign_namespace');
  }
}

/** A schedule seals under its own id; the server adds the instant to it for each workflow it starts. */
function belongsTo(workflowId: string, sealedFor: string): boolean {
  return workflowId === sealedFor || (sealedFor !== '' && workflowId.startsWith(`${sealedFor}-`));
}
