import type { ReadOutcome, SendOutcome } from '../../../domain/messaging/dispatch.js';
import { answeredAlready, answerLike, SKEW_MS } from '../answered-elsewhere.js';
import type { SeenMessage } from '../answered-elsewhere.js';
import { notFound } from '../answers.js';
import type { Access, OutgoingFile, OutgoingMessage } from '../connector.js';
import { asJson } from '../request-body.js';
import { reasonOf } from '../wording.js';
import type { Address } from './addresses.js';
import { playerOf } from './claim-events.js';
import type { NamedClaimMessage } from './claim-events.js';
import { claimPath } from './claims.js';
import type { MercadoLivreClaims } from './claims.js';
import { isUndecided, moderationOf } from './events.js';
import type { MercadoLivreHttp } from './http.js';
import { notNow, sent } from './outcomes.js';
import type { Fate } from './outcomes.js';
import type { Claim } from './shapes.js';
import { uploadAll } from './uploads.js';

const MAX_FILE = 5_000_000;
const KINDS: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'application/pdf']);
const MAX_NAME = 125;

/** Writes in claims: to the buyer, or to the mediator who wrote what is answered. */
export class MercadoLivreClaimSending {
  constructor(
    private readonly http: MercadoLivreHttp,
    private readonly claims: MercadoLivreClaims,
  ) {}

  /** The platform names no message: right after one was taken it is looked up, so that it is known when it is read again. */
  async send(access: Access, { kind, id }: Address, message: OutgoingMessage): Promise<SendOutcome> {
    const claim = await this.claims.claim(access, id, true);
    if (claim.kind !== 'read') return notNow(claim, 'claim_gone');
    const receiver = kind === 'mediation' ? 'mediator' : 'complainant';
    const why = whyNot(claim.value, receiver);
    if (why !== null) return { kind: 'refused', reason: why };
    const before = await this.claims.messages(access, id, true);
    if (before.kind !== 'read') return notNow(before, 'claim_gone');
    const answered = answeredAlready(before.value.map(seenOf), message);
    if (answered !== null) return answered;
    const files = await this.#upload(access, id, message.files ?? []);
    if ('kind' in files) return files;
    const attachments = files.names.length === 0 ? {} : { attachments: files.names };
    const begunAt = Date.now();
    const reply = await this.http.ask(access, {
      ...{ group: 'claims', urgent: true, path: `${claimPath(id)}/actions/send-message` },
      body: asJson({ receiver_role: receiver, message: message.text, ...attachments }),
    });
    const outcome = sent(reply, () => ({ status: 'accepted', externalId: null }));
    if (outcome.kind !== 'taken') return outcome;
    const found = await this.find(access, id, message, begunAt);
    return found.kind === 'found' && found.status !== 'bounced'
      ? { kind: 'taken', status: found.status, externalId: found.externalId, reason: found.reason ?? null }
      : { kind: 'unknown', reason: 'id_unknown' };
  }

  /** @param since when the attempt began, epoch ms */
  async find(access: Access, id: string, message: OutgoingMessage, since: number): Promise<ReadOutcome> {
    const messages = await this.claims.messages(access, id, true);
    if (messages.kind !== 'read') return notFound(messages);
    const found = answerLike(messages.value.map(seenOf), message, since - SKEW_MS);
    return found === undefined ? { kind: 'absent' } : { kind: 'found', ...found.fate };
  }

  #upload(
    access: Access,
    id: string,
    files: readonly OutgoingFile[],
  ): Promise<{ readonly names: readonly string[] } | SendOutcome> {
    if (files.some(({ mediaType, bytes }) => !KINDS.has(mediaType) || bytes.length > MAX_FILE))
      return Promise.resolve({ kind: 'refused', reason: 'claim_file_not_taken' });
    const named = files.map((file) => ({ ...file, name: plainName(file.name) }));
    return uploadAll(this.http, access, { group: 'claims', path: `${claimPath(id)}/attachments` }, named);
  }
}

/** Why a claim takes no message to somebody, or null; the platform lists what may be done. */
function whyNot(claim: Claim, receiver: 'complainant' | 'mediator'): string | null {
  const actions = playerOf(claim, 'respondent')?.available_actions ?? [];
  if (actions.includes(`send_message_to_${receiver}`)) return null;
  if (claim.status !== 'opened') return 'claim_closed';
  return actions.includes('send_message_to_mediator') ? 'claim_in_mediation' : 'claim_takes_no_message';
}

function seenOf({ id, message }: NamedClaimMessage): SeenMessage {
  return {
    id,
    isFromShop: message.sender_role === 'respondent',
    at: Date.parse(message.date_created),
    text: message.message ?? null,
    counts: moderationOf(message) === null,
    fate: fateOf(id, message),
  };
}

function fateOf(externalId: string, message: NamedClaimMessage['message']): Fate {
  const why = moderationOf(message);
  if (why !== null) return { status: 'rejected', externalId, reason: reasonOf(why) };
  return { status: isUndecided(message) ? 'accepted' : 'available', externalId };
}

/** Letters, digits, dots, lines and underscores are all that names may have. */
function plainName(name: string): string {
  const plain = name.normalize('NFD').replace(/[^a-zA-Z0-9._-]/g, '');
  return plain.slice(-MAX_NAME);
}
