import type { SendOutcome } from '../../../domain/messaging/dispatch.js';
import { jsonOf, notUploaded } from '../answers.js';
import type { Access, OutgoingFile } from '../connector.js';
import { multipart } from '../request-body.js';
import type { MercadoLivreHttp } from './http.js';
import { sent } from './outcomes.js';
import { uploadedShape } from './shapes.js';

/** Where files go. */
type Place = Pick<Parameters<MercadoLivreHttp['ask']>[1], 'group' | 'path' | 'query'>;

/**
 * Hands files over before the message that names them.
 *
 * @returns what the message names them by, in their order, or why one could not be handed over: then nothing has been sent
 */
export async function uploadAll(
  http: MercadoLivreHttp,
  access: Access,
  place: Place,
  files: readonly OutgoingFile[],
): Promise<{ readonly names: readonly string[] } | SendOutcome> {
  const names: string[] = [];
  for (const file of files) {
    const reply = await http.ask(access, { ...place, urgent: true, body: await multipart('file', file) });
    const outcome = sent(reply, () => ({ status: 'accepted', externalId: null }));
    const name = reply.kind === 'answered' ? uploadedShape.safeParse(jsonOf(reply.text)).data : undefined;
    if (outcome.kind !== 'taken' || name === undefined) return notUploaded(outcome);
    names.push(name);
  }
  return { names };
}
