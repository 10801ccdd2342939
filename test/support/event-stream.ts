/** One block of a `text/event-stream` as it came. */
export type StreamBlock = {
  readonly id: string | null;
  readonly event: string | null;
  readonly data: Record<string, string | null> | null;
  readonly comment: string | null;
};

/** An open event stream and what it has brought so far. */
export type EventStream = {
  readonly status: number;
  readonly headers: Headers;
  readonly blocks: readonly StreamBlock[];
  /** Blocks that raised an event. */
  readonly events: () => StreamBlock[];
  /** Id a client would resume from. */
  readonly lastId: () => string | null;
  /** Settles when the server has ended the stream or `close` was called. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
};

/** Follows `GET /v1/stream` with a key, resuming after an id where one is given. */
export async function followStream(baseUrl: string, key: string, lastEventId?: string): Promise<EventStream> {
  const abort = new AbortController();
  const response = await fetch(`${baseUrl}/v1/stream`, {
    headers: { authorization: `Bearer ${key}`, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
    signal: abort.signal,
  });
  const blocks: StreamBlock[] = [];
  const ended = read(response, blocks).catch(() => undefined);
  return {
    status: response.status,
    headers: response.headers,
    blocks,
    events: () => blocks.filter((block) => block.data !== null),
    lastId: () => blocks.findLast((block) => block.id !== null)?.id ?? null,
    ended,
    async close() {
      abort.abort();
      await ended;
    },
  };
}

async function read(response: Response, blocks: StreamBlock[]): Promise<void> {
  let rest = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const parts = (rest + chunk).split('\n\n');
    rest = parts.pop() ?? '';
    blocks.push(...parts.map(parse));
  }
}

function parse(text: string): StreamBlock {
  const field = (name: string): string | null => {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${name}:`));
    return line === undefined ? null : line.slice(name.length + 1).trim();
  };
  const data = field('data');
  return { id: field('id'), event: field('event'), data: data === null ? null : JSON.parse(data), comment: field('') };
}
