import { createHash } from 'node:crypto';
import type { Access, Answer, Changes, FetchedFile, Hint } from '../connector.js';
import type { ChannelEvent } from '../events.js';
import { claimEvents, playerOf } from './claim-events.js';
import type { NamedClaimMessage } from './claim-events.js';
import type { MercadoLivreHttp } from './http.js';
import { claimMessagesShape, claimSearchShape, claimShape } from './shapes.js';
import type { Claim, ClaimMessage } from './shapes.js';

type Read<T> = Promise<Answer<T>>;

const PAGE = 50;
const MAX_OFFSET = 1_000;
const ROOT = '/post-purchase/v1/claims';

/** Where a claim stands on the platform. */
export const claimPath = (id: string): string => `${ROOT}/${id}`;

/** Reads what is written in claims, returns and mediations. */
export class MercadoLivreClaims {
  constructor(private readonly http: MercadoLivreHttp) {}

  /** One claim as the platform shows it now. */
  claim(access: Access, id: string, urgent: boolean): Read<Claim> {
    return this.http.read(access, { group: 'claims', urgent, path: claimPath(id) }, claimShape);
  }

  /** Everything written in a claim, oldest first. */
  async messages(access: Access, id: string, urgent: boolean): Read<readonly NamedClaimMessage[]> {
    const path = `${claimPath(id)}/messages`;
    const answer = await this.http.read(access, { group: 'claims', urgent, path }, claimMessagesShape);
    return answer.kind === 'read' ? { kind: 'read', value: named(id, answer.value) } : answer;
  }

  /** What was written to the seller or by them; nothing of claims in which somebody else is the seller. */
  async events(access: Access, id: string): Read<readonly ChannelEvent[]> {
    const claim = await this.claim(access, id, false);
    if (claim.kind !== 'read') return claim;
    if (playerOf(claim.value, 'respondent')?.user_id !== access.account) return { kind: 'read', value: [] };
    const messages = await this.messages(access, id, false);
    if (messages.kind !== 'read') return messages;
    return { kind: 'read', value: claimEvents(claim.value, messages.value) };
  }

  /** A page of the claims that are open. */
  async open(access: Access, offset: number): Read<{ readonly hints: readonly Hint[]; readonly next: number | null }> {
    const query = {
      ...{ 'players.user_id': access.account ?? '', 'players.role': 'respondent', status: 'opened' },
      ...{ limit: String(PAGE), offset: String(offset) },
    };
    const ask = { group: 'claims', urgent: false, path: `${ROOT}/search`, query } as const;
    const answer = await this.http.read(access, ask, claimSearchShape);
    if (answer.kind !== 'read') return answer;
    const { data, paging } = answer.value;
    const hints: Changes['hints'] = data.map(({ id }) => ({ kind: 'claim', resource: id, grows: true }));
    const next = offset + PAGE;
    const isLast = data.length === 0 || next >= Math.min(paging.total, MAX_OFFSET);
    return { kind: 'read', value: { hints, next: isLast ? null : next } };
  }

  /** A file that came with a message of a claim. */
  file(access: Access, id: string, name: string, maxBytes: number): Read<FetchedFile> {
    const path = `${claimPath(id)}/attachments/${encodeURIComponent(name)}/download`;
    return this.http.file(access, { group: 'claims', urgent: false, path, maxBytes });
  }
}

/** Gives each message an id that follows from what never changes about it; equal ones are counted. */
function named(claimId: string, messages: readonly ClaimMessage[]): NamedClaimMessage[] {
  const sorted = [...messages].sort((left, right) => left.date_created.localeCompare(right.date_created));
  const counts = new Map<string, number>();
  return sorted.map((message) => {
    const { sender_role, receiver_role, date_created, message: text, attachments } = message;
    const files = (attachments ?? []).map(({ filename }) => filename);
    const said = JSON.stringify([sender_role, receiver_role ?? null, date_created, text ?? '', files]);
    const digest = createHash('sha256').update(said).digest('hex').slice(0, 32);
    const count = (counts.get(digest) ?? 0) + 1;
    counts.set(digest, count);
    return { id: `claim:${claimId}:${digest}${count === 1 ? '' : `-${count}`}`, message };
  });
}
