import { engineEvents, engineRefs } from './engine-events.js';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const payload = (value: unknown) => ({
  metadata: { encoding: base64('json/plain') },
  data: base64(JSON.stringify(value)),
});

const history = (...events: readonly object[]): string => JSON.stringify({ events });
const event = (eventId: number, type: string, attributes: object, more: object = {}) => ({
  eventId: String(eventId),
  eventTime: '2026-11-22T09:05:38.454254702Z',
  eventType: `EVENT_TYPE_${type}`,
  anyEventAttributes: attributes,
  ...more,
});

describe('engineEvents', () => {
  it('decodes payloads wherever they are, and names types as people know them', () => {
    const json = history(
      event(1, 'WORKFLOW_EXECUTION_STARTED', { input: { payloads: [payload({ inquiryId: 'i-1' })] } }),
      event(2, 'TIMER_STARTED', { timerId: '1' }, { userMetadata: { summary: payload('reply: wake') } }),
    );
    expect(engineEvents('run-1', json)).toEqual([
      {
        runId: 'run-1',
        eventId: 1,
        type: 'WorkflowExecutionStarted',
        at: '2026-11-22T09:05:38.454Z',
        summary: null,
        attributes: { input: [{ inquiryId: 'i-1' }] },
      },
      {
        runId: 'run-1',
        eventId: 2,
        type: 'TimerStarted',
        at: '2026-11-22T09:05:38.454Z',
        summary: 'reply: wake',
        attributes: { timerId: '1' },
      },
    ]);
  });

  it('keeps closed what it cannot read, and says so', () => {
    const sealed = { metadata: { encoding: base64('binary/encrypted') }, data: base64('secret') };
    const nothing = { metadata: { encoding: base64('binary/null') } };
    const [decoded] = engineEvents(
      'r',
      history(event(1, 'MARKER_RECORDED', { details: { a: { payloads: [sealed, nothing] } } })),
    );
    expect(decoded?.attributes).toEqual({ details: { a: [{ encoding: 'binary/encrypted' }, null] } });
    expect(JSON.stringify(decoded)).not.toContain('secret');
  });
});

describe('engineRefs', () => {
  const result = (...ranges: readonly [number, number][]) => ({
    payloads: [payload({ applied: ranges.map((seq) => ({ kind: 'x', seq })) })],
  });

  it('finds entries in markers and in completed activities', () => {
    const events = engineEvents(
      'r',
      history(
        event(6, 'MARKER_RECORDED', { markerName: 'core_local_activity', details: { result: result([1, 3]) } }),
        event(9, 'ACTIVITY_TASK_COMPLETED', { result: result([4, 4], [5, 6]) }),
        event(12, 'MARKER_RECORDED', { details: { result: { payloads: [payload(null)] } } }),
      ),
    );
    expect([...engineRefs(events)]).toEqual([
      [1, [{ runId: 'r', eventId: 6 }]],
      [2, [{ runId: 'r', eventId: 6 }]],
      [3, [{ runId: 'r', eventId: 6 }]],
      [4, [{ runId: 'r', eventId: 9 }]],
      [5, [{ runId: 'r', eventId: 9 }]],
      [6, [{ runId: 'r', eventId: 9 }]],
    ]);
  });
});
