import { randomBytes } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import type { Payload, SerializationContext } from '@temporalio/common';
import fc from 'fast-check';
import { Erased } from '../crypto/index.js';
import { SealingCodec } from './payload-codec.js';
import type { PayloadKeys } from './payload-codec.js';
import { PayloadReader } from './payload-reader.js';

const WORKFLOW = 'inq:t:1';
const OTHER_WORKFLOW = 'inq:t:2';
const workflow: SerializationContext = { type: 'workflow', namespace: 'ns', workflowId: WORKFLOW };
const activity: SerializationContext = { type: 'activity', namespace: 'ns', workflowId: WORKFLOW, isLocal: true };

const installation = { id: 'installation', bytes: randomBytes(32) };
const cases = new Map<string, Buffer>();
const caseKey = (workflowId: string): Buffer => {
  const bytes = cases.get(workflowId) ?? randomBytes(32);
  cases.set(workflowId, bytes);
  return bytes;
};
const keys: PayloadKeys = {
  installation,
  sealing: (workflowId) =>
    Promise.resolve(workflowId === '' ? installation : { id: 'case', bytes: caseKey(workflowId) }),
  opening: (workflowId, keyId) => Promise.resolve(keyId === 'case' ? caseKey(workflowId) : installation.bytes),
};
const failing = (error: Error): PayloadKeys => ({
  installation,
  sealing: () => Promise.reject(error),
  opening: (_workflowId, keyId) => (keyId === 'installation' ? keys.opening('', keyId) : Promise.reject(error)),
});

const codec = new SealingCodec('ns', keys);
const payload = (value: unknown): Payload => defaultPayloadConverter.toPayload(value);
const seal = async (value: unknown, context: SerializationContext = workflow): Promise<Payload> =>
  (await codec.encode([payload(value)], context))[0] as Payload;
const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');

describe('SealingCodec', () => {
  it('gives back any value and shows nothing of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const [opened] = await codec.decode([await seal({ value })], workflow);
        expect(opened).toEqual({
          metadata: payload({ value }).metadata,
          data: Buffer.from(payload({ value }).data ?? []),
        });
      }),
      { numRuns: 50 },
    );
    const sealed = await seal('quando chega');
    expect(Buffer.from(sealed.data ?? []).includes('quando')).toBe(false);
  });

  it.each([
    ['nothing', undefined],
    ['bytes', new Uint8Array([0, 255])],
    ['JSON', { a: 1 }],
  ])('gives back %s as what it was', async (_name, value) => {
    const [opened] = await codec.decode([await seal(value)], workflow);
    expect(defaultPayloadConverter.fromPayload(opened as Payload)).toEqual(value);
  });

  it('gives back metadata of any other writer', async () => {
    const foreign: Payload = {
      metadata: { encoding: bytes('json/protobuf'), messageType: bytes('a.B') },
      data: bytes('{}'),
    };
    const sealed = await codec.encode([foreign], workflow);
    expect(await codec.decode(sealed, workflow)).toEqual([foreign].map(({ metadata, data }) => ({ metadata, data })));
  });

  it('seals the nothing a workflow ends with, which protobuf writes as an array and not as bytes', async () => {
    const nothing = { metadata: { encoding: bytes('binary/null') }, data: [] as unknown as Uint8Array };
    const [opened] = await codec.decode(await codec.encode([nothing], workflow), workflow);
    expect(defaultPayloadConverter.fromPayload(opened as Payload)).toBeUndefined();
  });

  it('never seals the same twice alike', async () => {
    expect((await seal('a')).data).not.toEqual((await seal('a')).data);
  });

  it('costs a payload little', async () => {
    const sealed = await seal('a'.repeat(100));
    expect((sealed.data?.length ?? 0) - 102).toBe(1 + 12 + 16);
  });

  it('refuses a payload in clear', async () => {
    await expect(codec.decode([payload('poke')], workflow)).rejects.toMatchObject({ reason: 'clear' });
  });

  it('refuses a payload that claims to be sealed and is not', async () => {
    const claimed = { metadata: { ...(await seal('a')).metadata }, data: bytes('"poke"') };
    await expect(codec.decode([claimed], workflow)).rejects.toMatchObject({ reason: 'malformed' });
    const nameless = { metadata: { encoding: bytes('binary/encrypted') }, data: randomBytes(60) };
    await expect(codec.decode([nameless], workflow)).rejects.toMatchObject({ reason: 'malformed' });
  });

  it('refuses a payload of another namespace, by what the SDK says and by itself', async () => {
    const sealed = await seal('a');
    await expect(codec.decode([sealed], { ...workflow, namespace: 'other' })).rejects.toMatchObject({
      reason: 'foreign_namespace',
    });
    await expect(new SealingCodec('other', keys).decode([sealed])).rejects.toMatchObject({ reason: 'damaged' });
    await expect(codec.encode([payload(1)], { ...workflow, namespace: 'other' })).rejects.toMatchObject({
      reason: 'foreign_namespace',
    });
  });

  it('refuses a payload moved to another workflow, also when it is relabelled', async () => {
    const sealed = await seal('a');
    const there = { ...workflow, workflowId: OTHER_WORKFLOW };
    await expect(codec.decode([sealed], there)).rejects.toMatchObject({ reason: 'foreign_workflow' });
    const relabelled = { ...sealed, metadata: { ...sealed.metadata, workflow: bytes(OTHER_WORKFLOW) } };
    await expect(codec.decode([relabelled], there)).rejects.toMatchObject({ reason: 'damaged' });
  });

  it('refuses a payload of which any bit was changed', async () => {
    const sealed = await seal({ text: 'abc' });
    const data = Buffer.from(sealed.data ?? []);
    for (let bit = 0; bit < data.length * 8; bit += 1) {
      const changed = Buffer.from(data);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await expect(codec.decode([{ ...sealed, data: changed }], workflow)).rejects.toMatchObject({ reason: 'damaged' });
    }
  });

  it('refuses a shortened tag and a name of another key', async () => {
    const sealed = await seal({ text: 'abc' });
    for (let cut = 1; cut <= 15; cut += 1) {
      const data = Buffer.from(sealed.data ?? []).subarray(0, -cut);
      await expect(codec.decode([{ ...sealed, data }], workflow)).rejects.toThrow('payload_refused');
    }
    const renamed = { ...sealed, metadata: { ...sealed.metadata, key: bytes('installation') } };
    await expect(codec.decode([renamed], workflow)).rejects.toMatchObject({ reason: 'damaged' });
  });

  it('opens what a schedule sealed for the workflows it starts, and only for those', async () => {
    const sealed = await seal([], { ...workflow, workflowId: 'sweep' });
    const started = { ...workflow, workflowId: 'sweep-2026-11-22T03:17:00Z' };
    await expect(codec.decode([sealed], started)).resolves.toHaveLength(1);
    const without = (await codec.encode([payload(1)]))[0] as Payload;
    await expect(codec.decode([without], workflow)).rejects.toMatchObject({ reason: 'foreign_workflow' });
  });

  it('lets a worker report the failure of an activity while the keys cannot be had', async () => {
    const away = new SealingCodec('ns', failing(new Error('connection refused')));
    const [sealed] = await away.encode([payload({ message: 'database_unreachable' })], activity);
    expect(Buffer.from(sealed?.metadata?.['key'] ?? []).toString()).toBe('installation');
    await expect(codec.decode([sealed as Payload], activity)).resolves.toHaveLength(1);
    await expect(away.encode([payload(1)], workflow)).rejects.toThrow('connection refused');
    await expect(away.decode([await seal(1)], activity)).rejects.toThrow('connection refused');
  });

  it('tells a worker that the key of what it reads has been destroyed', async () => {
    const erased = new SealingCodec('ns', failing(new Erased({ case: '1' })));
    await expect(erased.decode([await seal('a')], workflow)).rejects.toBeInstanceOf(Erased);
  });
});

describe('PayloadReader', () => {
  const reader = new PayloadReader('ns', keys);
  const all = (): boolean => true;
  const valueOf = (one: Payload | undefined): unknown => defaultPayloadConverter.fromPayload(one as Payload);

  it('shows what it opens', async () => {
    const [read] = await reader.read([await seal({ a: 1 })], all);
    expect([read?.outcome, read?.workflowId, valueOf(read?.payload)]).toEqual(['opened', WORKFLOW, { a: 1 }]);
  });

  it('shows a tombstone for what was erased', async () => {
    const erased = new PayloadReader('ns', failing(new Erased({ case: '1' })));
    const [read] = await erased.read([await seal({ a: 1 })], all);
    expect([read?.outcome, valueOf(read?.payload)]).toEqual(['erased', { erased: true }]);
  });

  it('opens nothing of a workflow that is not the reader’s', async () => {
    const [own, foreign] = await reader.read(
      [await seal(1), await seal(2, { ...workflow, workflowId: OTHER_WORKFLOW })],
      (workflowId) => workflowId === WORKFLOW,
    );
    expect([own?.outcome, foreign?.outcome, valueOf(foreign?.payload)]).toEqual([
      'opened',
      'foreign',
      { refused: 'foreign_workflow' },
    ]);
  });

  it('says of what it refuses why, and never hands it on', async () => {
    const sealed = await seal('a');
    const damaged = { ...sealed, data: randomBytes(40) };
    const read = await reader.read([damaged, payload('planted')], all);
    expect(read.map(({ payload: shown }) => valueOf(shown))).toEqual([{ refused: 'damaged' }, { refused: 'clear' }]);
  });

  it('hands on what the SDK itself writes into markers, and nothing that only looks like it', async () => {
    const record = {
      seq: 1,
      attempt: 1,
      activity_id: '1',
      activity_type: 'onOpened',
      complete_time: { seconds: 1795343060, nanos: 591049543 },
      backoff: null,
      original_schedule_time: { seconds: 1795343060, nanos: 682533350 },
    };
    const [own, more, words, empty] = await reader.read(
      [record, { ...record, note: 1 }, { ...record, activity_type: 'a sentence' }, {}].map(payload),
      all,
    );
    expect([own?.outcome, valueOf(own?.payload)]).toEqual(['engine', record]);
    for (const read of [more, words, empty]) expect(valueOf(read?.payload)).toEqual({ refused: 'clear' });
  });
});
