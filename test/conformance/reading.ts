import { channelEventSchema } from '../../src/modules/channels/index.js';
import type { Access, Answer, Changes, Hint, Reading } from '../../src/modules/channels/index.js';
import { eventually } from '../support/eventually.js';
import { nowhereOf, READ_FAULTS } from './rig.js';
import type { Rig } from './rig.js';

const MAX_PARTS = 50;

/** How long is waited for what must come, in ms. */
const PATIENT_MS = 20_000;

/** What a channel that is read has to keep; of one whose notices are the truth there is nothing to try. */
export function readingConformance(current: () => Rig): void {
  describe('reading', () => {
    const parts = (): { reading: Reading; told: NonNullable<Rig['reading']>; access: Access } | null => {
      const { connector, reading: told, access } = current();
      const { reading } = connector;
      return reading === undefined || told === undefined ? null : { reading, told, access };
    };

    it('gives what a hint leads to, as events, the same each time', async () => {
      const known = parts();
      if (known === null) return expect(current().connector.reading).toBeUndefined();
      const { reading, told, access } = known;
      const { hint, messageId, conversationId } = await told.arrive('Chega quando?');
      const first = await reading.read(access, hint);
      expect(first.kind).toBe('read');
      if (first.kind !== 'read') return undefined;
      expect(first.value.map((event) => channelEventSchema.safeParse(event).error)).toEqual(
        first.value.map(() => undefined),
      );
      expect(first.value).toContainEqual(
        expect.objectContaining({ data: expect.objectContaining({ messageId, text: 'Chega quando?' }) }),
      );
      expect(await reading.read(access, hint)).toEqual(first);
      expect(await reading.conversation(access, conversationId)).toEqual(first);
      return undefined;
    });

    it('finds without any notice what nobody has answered', async () => {
      const known = parts();
      if (known === null) return expect(current().connector.reading).toBeUndefined();
      const { reading, told, access } = known;
      const { messageId } = await told.arrive('Ninguém avisou.');
      const hints = await allHints(reading, access);
      const events = await Promise.all(hints.map((hint) => reading.read(access, hint)));
      const ids = events
        .flatMap((answer) => (answer.kind === 'read' ? answer.value : []))
        .flatMap(({ data }) => ('messageId' in data ? [data.messageId] : []));
      expect(ids).toContain(messageId);
      return undefined;
    });

    it.each(READ_FAULTS)('never throws, and takes a fault for what it is: %s', async (fault) => {
      const known = parts();
      if (known === null) return expect(current().connector.reading).toBeUndefined();
      const { reading, told, access } = known;
      const { hint } = await told.arrive(`Sob ${fault}.`);
      await told.next(fault);
      expect(await reading.read(access, hint)).toMatchObject({ kind: fault === 'garbage' ? 'unreadable' : 'later' });
      expect(await reading.read(access, hint)).toMatchObject({ kind: 'read' });
      return undefined;
    });

    it('tells whoever stays with it, where it calls nobody', async () => {
      const known = parts();
      if (known?.reading.watch === undefined) return expect(known?.reading.watch).toBeUndefined();
      const { reading, told, access } = known;
      const [stop, hints] = [new AbortController(), [] as Hint[]];
      const connected = Promise.withResolvers<void>();
      const ended = known.reading.watch(access, {
        signal: stop.signal,
        connected: () => Promise.resolve(connected.resolve()),
        told: (some) => Promise.resolve(void hints.push(...some)),
      });
      await connected.promise;
      const { hint } = await told.arrive('Alguém avisa.');
      await eventually(
        () => Promise.resolve(hints),
        (some) => some.some((one) => one.kind === hint.kind && one.resource === hint.resource),
        PATIENT_MS,
      );
      stop.abort();
      expect(await ended).toEqual({ kind: 'read', value: null });
      expect(await reading.read(access, hint)).toMatchObject({ kind: 'read' });
      const listener = {
        signal: new AbortController().signal,
        connected: () => Promise.resolve(),
        told: () => Promise.resolve(),
      };
      expect(await known.reading.watch(current().stranger, listener)).toMatchObject({ kind: 'unauthorised' });
      expect(await known.reading.watch(nowhereOf(current()), listener)).toMatchObject({ kind: 'later' });
      return undefined;
    });

    it('says what is not there, and who may not look', async () => {
      const known = parts();
      if (known === null) return expect(current().connector.reading).toBeUndefined();
      const { reading, told, access } = known;
      const { hint } = await told.arrive('Quem pode ler?');
      expect(await reading.read(access, told.unknown)).toEqual({ kind: 'absent' });
      expect(await reading.read(current().stranger, hint)).toMatchObject({ kind: 'unauthorised' });
      expect(await reading.read(nowhereOf(current()), hint)).toMatchObject({ kind: 'later' });
      return undefined;
    });
  });
}

async function allHints(reading: Reading, access: Access): Promise<Hint[]> {
  const hints: Hint[] = [];
  let cursor: string | null = null;
  for (let part = 0; part < MAX_PARTS; part += 1) {
    const answer: Answer<Changes> = await reading.changes(access, cursor);
    if (answer.kind !== 'read') throw new Error(`Not read: ${answer.kind}`);
    hints.push(...answer.value.hints);
    cursor = answer.value.next;
    if (cursor === null) return hints;
  }
  throw new Error(`No end after ${MAX_PARTS} parts`);
}
