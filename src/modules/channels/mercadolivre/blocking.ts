import { z } from 'zod';
import type { Access, Answer, Blocking } from '../connector.js';
import { answerOf } from './http.js';
import { asJson } from '../request-body.js';
import type { MercadoLivreHttp } from './http.js';

/** Lists of people who may not ask, and who may not buy. */
const LISTS = ['questions_blacklist', 'order_blacklist'] as const;

/** Keeps buyers away, from asking and from buying alike. */
export function mercadoLivreBlocking(http: MercadoLivreHttp): Blocking {
  return {
    set: async (access, buyerId, blocked) => {
      for (const list of LISTS) {
        const answer = await one(http, access, list, buyerId, blocked);
        if (answer.kind !== 'read') return answer;
      }
      return { kind: 'read', value: null };
    },
  };
}

async function one(
  http: MercadoLivreHttp,
  access: Access,
  list: (typeof LISTS)[number],
  buyerId: string,
  blocked: boolean,
): Promise<Answer<null>> {
  const path = `/users/${access.account ?? ''}/${list}`;
  const common = { group: 'users', urgent: true } as const;
  const reply = await http.ask(
    access,
    blocked
      ? { ...common, path, body: asJson({ user_id: Number(buyerId) }) }
      : { ...common, path: `${path}/${encodeURIComponent(buyerId)}`, remove: true },
  );
  const isDone = reply.kind === 'answered' && reply.status >= 200 && reply.status < 300;
  // Who is on no list is let in.
  const isSo = reply.kind === 'answered' && !blocked && reply.status === 404;
  return isDone || isSo ? { kind: 'read', value: null } : answerOf(reply, z.never());
}
