import { KeyMissing } from '../../platform/crypto/index.js';
import { PayloadRefused } from '../../platform/temporal/index.js';
import type { PayloadKey, PayloadKeys } from '../../platform/temporal/index.js';
import { inquiryOfWorkflow } from './keys.js';

/** Gives the key of an inquiry's case for one purpose; throws `Erased` once it has been destroyed, `KeyMissing` without the case. */
export type CaseKeys = {
  caseKey(tenantId: string, inquiryId: string, purpose: string): Promise<Uint8Array>;
};

const PURPOSE = 'temporal';

/** Names by which payloads tell their key. A case has one key for as long as it has any. */
const CASE = 'case';
const INSTALLATION = 'installation';

/**
 * The keys of what Temporal keeps: of an inquiry's workflow the key of its case, so that erasing the case makes its history
 * unreadable wherever copies of it are; of everything else the installation's.
 */
export class InquiryPayloadKeys implements PayloadKeys {
  readonly installation: PayloadKey;

  /** @param installation 32 bytes */
  constructor(
    private readonly cases: CaseKeys,
    installation: Uint8Array,
  ) {
    this.installation = { id: INSTALLATION, bytes: installation };
  }

  async sealing(workflowId: string): Promise<PayloadKey> {
    const about = inquiryOfWorkflow(workflowId);
    if (about === null) return this.installation;
    return { id: CASE, bytes: await this.cases.caseKey(about.tenantId, about.inquiryId, PURPOSE) };
  }

  async opening(workflowId: string, keyId: string): Promise<Uint8Array> {
    if (keyId === INSTALLATION) return this.installation.bytes;
    const about = inquiryOfWorkflow(workflowId);
    if (keyId !== CASE || about === null) throw new PayloadRefused('malformed');
    try {
      return await this.cases.caseKey(about.tenantId, about.inquiryId, PURPOSE);
    } catch (error) {
      // Whoever asks to have a payload opened may name an inquiry that never was.
      if (error instanceof KeyMissing) throw new PayloadRefused('unknown_key');
      throw error;
    }
  }
}
