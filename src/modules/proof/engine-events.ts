/** Temporal's own history in its JSON form (proto3 JSON, as the CLI writes it), made readable. */

/** One event of the engine. `attributes` is what the engine keeps, with payloads decoded. */
export type EngineEvent = {
  readonly runId: string;
  readonly eventId: number;
  /** As Temporal's UI names it: `WorkflowExecutionStarted`. */
  readonly type: string;
  /** RFC 3339 UTC. */
  readonly at: string;
  /** What the driver said it does, where it said so. */
  readonly summary: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
};

/** Where in the engine's history something stands. */
export type EngineRef = { readonly runId: string; readonly eventId: number };

type Json = Readonly<Record<string, unknown>>;

/** The events of one run, decoded. */
export function engineEvents(runId: string, historyJson: string): EngineEvent[] {
  const { events } = JSON.parse(historyJson) as { events?: readonly Json[] };
  return (events ?? []).map((event) => {
    const attributes = Object.keys(event).find((key) => key.endsWith('EventAttributes'));
    const summary = decode((event['userMetadata'] as Json | undefined)?.['summary'] ?? null);
    return {
      runId,
      eventId: Number(event['eventId']),
      type: typeName(String(event['eventType'])),
      at: new Date(String(event['eventTime'])).toISOString(),
      summary: typeof summary === 'string' ? summary : null,
      attributes: (attributes === undefined ? {} : decode(event[attributes])) as Json,
    };
  });
}

/** `EVENT_TYPE_TIMER_STARTED` as `TimerStarted`. */
function typeName(name: string): string {
  const words = name.replace(/^EVENT_TYPE_/, '').split('_');
  return words.map((word) => `${word.slice(0, 1)}${word.slice(1).toLowerCase()}`).join('');
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode);
  if (typeof value !== 'object' || value === null) return value;
  const object = value as Json;
  if (Array.isArray(object['payloads'])) return object['payloads'].map(decode);
  if (isPayload(object)) return decodePayload(object);
  return Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, decode(inner)]));
}

type Payload = { readonly metadata: Readonly<Record<string, string>>; readonly data?: string };

function isPayload(object: Json): object is Json & Payload {
  const metadata = object['metadata'];
  return typeof metadata === 'object' && metadata !== null && typeof (metadata as Json)['encoding'] === 'string';
}

/** What is not plain JSON stays closed: it is shown that it is there, and how it is written. */
function decodePayload({ metadata, data }: Payload): unknown {
  const encoding = utf8(metadata['encoding'] ?? '');
  if (encoding === 'binary/null') return null;
  return encoding === 'json/plain' ? JSON.parse(utf8(data ?? '')) : { encoding };
}

function utf8(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

/**
 * Where the engine recorded each entry of the inquiry's history: the result of a drain names the numbers of the entries it
 * brought.
 */
export function engineRefs(events: readonly EngineEvent[]): Map<number, EngineRef[]> {
  const refs = new Map<number, EngineRef[]>();
  for (const { runId, eventId, attributes } of events) {
    for (const [first, last] of appliedRanges(attributes)) {
      for (let seq = first; seq <= last; seq += 1) refs.set(seq, [...(refs.get(seq) ?? []), { runId, eventId }]);
    }
  }
  return refs;
}

/** A marker keeps a local activity's result among its details, an ordinary activity's completion keeps it directly. */
function appliedRanges(attributes: Json): [number, number][] {
  const details = attributes['details'] as Json | null | undefined;
  const results = [attributes['result'], details?.['result']].filter(Array.isArray).flat() as (Json | null)[];
  const applied = results.flatMap((result) =>
    Array.isArray(result?.['applied']) ? (result['applied'] as Json[]) : [],
  );
  return applied.map(({ seq }) => seq as [number, number]);
}
