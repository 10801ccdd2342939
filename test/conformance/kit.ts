import fc from 'fast-check';
import { CAPABILITIES } from '../../src/domain/channel/capabilities.js';
import { channelEventSchema } from '../../src/modules/channels/index.js';
import type { Access, NoticedPart, Notices } from '../../src/modules/channels/index.js';
import { consentConformance } from './consent.js';
import { credentialsConformance } from './credentials.js';
import { allOf, deliver, schedules } from './delivery.js';
import { readingConformance } from './reading.js';
import { nowhereOf, SEND_FAULTS } from './rig.js';
import type { Rig, SendFault } from './rig.js';

/** Random fault schedules per channel; a failing seed can be run again. */
const SEED = Number(process.env['ATENDE_CONFORMANCE_SEED'] ?? 20_261_122);
const SCHEDULES = Number(process.env['ATENDE_CONFORMANCE_SCHEDULES'] ?? 300);

/** Schedules at once: most of their time is waiting for a platform that hangs. */
const WAVE = 50;

/** How long a platform that hangs is waited for; where it answers there is all the time in the world. */
const HASTY_MS = 750;

/**
 * What every channel has to keep, told by its connector alone and the server of its platform. Call it in a spec of the channel.
 *
 * @param start starts the platform's server and makes the connector that speaks to it
 */
export function conformance(start: () => Promise<Rig>): void {
  let rig: Rig;

  beforeAll(async () => {
    rig = await start();
  });

  afterAll(() => rig.stop());

  const accessFor = (fault: SendFault): Access =>
    fault === 'hang_after' ? { ...rig.access, requestTimeoutMs: rig.hastyMs ?? HASTY_MS } : rig.access;

  describe('capabilities', () => {
    it('are those its channel is listed with', () => {
      const { name, capabilities } = rig.connector;
      expect(CAPABILITIES).toHaveProperty([name], capabilities);
    });

    it('tell which parts there are', () => {
      const { capabilities, find, reading, authorisation, credentials } = rig.connector;
      expect(find !== undefined).toBe(['by_intent', 'by_content'].includes(capabilities.readBack));
      expect(rig.told !== undefined).toBe(capabilities.readBack === 'by_notice');
      expect(reading !== undefined).toBe(rig.reading !== undefined);
      expect(authorisation !== undefined).toBe(rig.consent !== undefined);
      expect(credentials !== undefined).toBe(rig.credentials !== undefined);
    });
  });

  describe('sending', () => {
    it('hands a message over, once', async () => {
      const message = await rig.message('Chega amanhã até as 18h.');
      const outcome = await rig.connector.send(rig.access, message);
      expect(outcome).toMatchObject({ kind: 'taken' });
      expect(await rig.taken(message)).toBe(1);
    });

    it.each(SEND_FAULTS)('never says what is not so: %s', async (fault) => {
      const message = await rig.message(`Resposta sob ${fault}.`);
      await rig.next(message, fault);
      const outcome = await rig.connector.send(accessFor(fault), message);
      const taken = await rig.taken(message);
      // Only what is certain may be said; to know nothing is always allowed.
      if (outcome.kind === 'taken') expect(taken).toBe(1);
      if (outcome.kind === 'not_taken' || outcome.kind === 'refused') expect(taken).toBe(0);
      if (fault === 'none') expect(outcome.kind).toBe('taken');
      if (fault === 'busy') expect(outcome.kind).toBe('not_taken');
      if (fault === 'refuse') expect(outcome.kind).toBe('refused');
    });

    it('takes no longer than it may when the platform says nothing', async () => {
      const message = await rig.message('Sem resposta do outro lado.');
      await rig.next(message, 'hang_after');
      const begunAt = performance.now();
      expect(await rig.connector.send(accessFor('hang_after'), message)).toMatchObject({ kind: 'unknown' });
      // Far more than it may: the machine may be busy, but the platform never answers.
      expect(performance.now() - begunAt).toBeLessThan(HASTY_MS + 10_000);
    });

    it('says nothing of a platform that nobody can reach but that nothing was sent', async () => {
      const message = await rig.message('Para ninguém.');
      expect(await rig.connector.send(nowhereOf(rig), message)).toMatchObject({ kind: 'not_taken' });
      expect(await rig.taken(message)).toBe(0);
    });

    it('is not done with credentials of somebody else', async () => {
      const message = await rig.message('Com a chave errada.');
      const outcome = await rig.connector.send(rig.stranger, message);
      expect(['not_taken', 'refused']).toContain(outcome.kind);
      expect(await rig.taken(message)).toBe(0);
    });

    it('takes a text as long as the channel says', async () => {
      const { message: inConversation, answer } = rig.connector.capabilities;
      const long = await rig.message('a'.repeat(inConversation.maxLength), 'conversation');
      expect(await rig.connector.send(rig.access, long)).toMatchObject({ kind: 'taken' });
      const answering = await rig.message('a'.repeat((answer ?? inConversation).maxLength), 'thread');
      expect(await rig.connector.send(rig.access, answering)).toMatchObject({ kind: 'taken' });
    });

    it('lets no secret out', async () => {
      const { secrets } = rig.access;
      const outcomes = await allOf(SEND_FAULTS, WAVE, async (fault) => {
        const message = await rig.message(`Segredo sob ${fault}.`);
        await rig.next(message, fault);
        return rig.connector.send(accessFor(fault), message);
      });
      const told = JSON.stringify(outcomes);
      for (const secret of secrets.filter((one) => one !== '')) expect(told).not.toContain(secret);
    });
  });

  describe('finding again', () => {
    it('finds what the platform has and nothing else', async () => {
      const { find } = rig.connector;
      if (find === undefined) return expect(['by_notice', 'none']).toContain(rig.connector.capabilities.readBack);
      const since = Date.now() - 1_000;
      const [there, not] = [await rig.message('Esta chegou.'), await rig.message('Esta não chegou.')];
      await rig.connector.send(rig.access, there);
      expect(await find(rig.access, { intentId: there.intentId, since, message: there })).toMatchObject({
        kind: 'found',
      });
      expect(await find(rig.access, { intentId: not.intentId, since, message: not })).toEqual({ kind: 'absent' });
      return undefined;
    });

    it('takes silence for no answer', async () => {
      const { find } = rig.connector;
      if (find === undefined) return expect(['by_notice', 'none']).toContain(rig.connector.capabilities.readBack);
      const message = await rig.message('Alguém me procura.');
      const outcome = await find(nowhereOf(rig), { intentId: message.intentId, since: Date.now(), message });
      expect(outcome.kind).toBe('failed');
      return undefined;
    });
  });

  // Before so much lies there that looking through it takes its time.
  readingConformance(() => rig);

  describe('a message through the outbox', () => {
    it(`is on the platform once at most, and its end is true (seed ${SEED}, ${SCHEDULES} schedules)`, async () => {
      const drawn = fc.sample(schedules(SEND_FAULTS), { numRuns: SCHEDULES, seed: SEED });
      const wrong = await allOf(drawn, WAVE, async ({ faults, deaths }, index) => {
        const message = await rig.message(
          `Mensagem ${index} de uma série.`,
          index % 2 === 0 ? 'thread' : 'conversation',
        );
        for (const fault of faults) await rig.next(message, fault);
        const access = { ...rig.access, requestTimeoutMs: rig.hastyMs ?? HASTY_MS };
        const end = await deliver(rig, access, message, deaths);
        const taken = await rig.taken(message);
        const isTrue =
          taken <= 1 &&
          (end === 'available' || end === 'accepted' ? taken === 1 : true) &&
          (end === 'failed' ? taken === 0 : true);
        return isTrue ? [] : [{ faults, deaths, end, taken }];
      });
      expect(wrong.flat()).toEqual([]);
      // Seconds on a machine of its own; on one that is busy a platform in another process takes its time.
    }, 300_000);
  });

  describe('notices', () => {
    it('of the channel are believed and read', () => {
      const known = noticesOf(rig);
      if (known === null) return expect(rig.connector.notices).toBeUndefined();
      const { notices, good, secrets, signed } = known;
      expect(notices.verify(secrets, good)).toBe(true);
      const parsed = notices.parse(good.body);
      // What is not signed is not believed: it may only say where to look.
      expect(parsed.kind === 'hints' || (signed && (parsed.kind === 'event' || parsed.kind === 'events'))).toBe(true);
      if (parsed.kind === 'event') expect(channelEventSchema.safeParse(parsed.event).success).toBe(true);
      if (parsed.kind === 'events') expectParts(notices, parsed.parts);
      if (parsed.kind === 'hints') expect(parsed.hints).not.toEqual([]);
      return undefined;
    });

    it('of anybody else are not', () => {
      const known = noticesOf(rig);
      if (known === null) return expect(rig.connector.notices).toBeUndefined();
      const { notices, good, secrets, forged } = known;
      expect(forged.length).toBeGreaterThan(0);
      expect(forged.filter((notice) => notices.verify(secrets, notice))).toEqual([]);
      expect(notices.verify(secrets, { ...good, body: Buffer.alloc(0) })).toBe(false);
      return undefined;
    });

    it('may be any bytes', () => {
      const known = noticesOf(rig);
      if (known === null) return expect(rig.connector.notices).toBeUndefined();
      expectAnyBytesToBeRead(known);
      return undefined;
    });
  });

  consentConformance(() => rig);
  credentialsConformance(() => rig);
}

type Noticed = ReturnType<NonNullable<Rig['notices']>> & { readonly notices: Notices };

/** What is tried with notices; null where the channel tells nothing by itself. */
function noticesOf({ connector, notices: told }: Rig): Noticed | null {
  const { notices } = connector;
  return notices === undefined || told === undefined ? null : { ...told(), notices };
}

/** Each part of a notice says something, fits, and can be read again by itself. */
function expectParts(notices: Notices, parts: readonly NoticedPart[]): void {
  const events = parts.flatMap((part) => part.events);
  expect(events).not.toEqual([]);
  expect(events.map((event) => channelEventSchema.safeParse(event).error)).toEqual(events.map(() => undefined));
  for (const part of parts) expect(notices.parse(part.body)).toEqual({ kind: 'events', parts: [part], unplaced: [] });
}

/** Whatever comes in, nothing is thrown, and nothing unsigned is believed. */
function expectAnyBytesToBeRead({ notices, good, secrets, signed }: Noticed): void {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
    fc.json().map((text) => Buffer.from(text)),
    // A true delivery with one byte changed or cut off.
    fc
      .tuple(fc.nat(good.body.length - 1), fc.integer({ min: 1, max: 255 }))
      .map(([at, by]) => Buffer.from(good.body.map((byte, index) => (index === at ? (byte + by) % 256 : byte)))),
    fc.nat(good.body.length - 1).map((length) => good.body.subarray(0, length)),
  );
  const headers = fc.dictionary(
    fc.constantFrom('webhook-id', 'webhook-timestamp', 'webhook-signature', 'authorization', 'x-hub-signature-256'),
    fc.string(),
  );
  fc.assert(
    fc.property(bytes, headers, (body, others) => {
      const { kind } = notices.parse(body);
      expect(['event', 'events', 'hints', 'nothing', 'unreadable']).toContain(kind);
      const believed = [[], secrets].map((known) => notices.verify(known, { ...good, headers: others, body }));
      if (signed) expect(believed).toEqual([false, false]);
      else expect(['event', 'events']).not.toContain(kind);
    }),
    { seed: SEED, numRuns: 500 },
  );
}
