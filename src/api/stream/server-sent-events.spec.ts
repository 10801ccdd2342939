import { eventBlock } from './server-sent-events.js';

describe('eventBlock', () => {
  const event = {
    position: 7,
    kind: 'task.ready',
    data: { taskId: 't', memberId: null },
    queue: 'q',
    memberId: null,
  } as const;

  it.each([
    ['a beginning moves the id and raises no event', { kind: 'begin', position: 3 }, 'retry: 1000\nid: 3\n\n'],
    ['a reset is an event', { kind: 'reset', position: 3 }, 'retry: 1000\nid: 3\nevent: reset\ndata: {}\n\n'],
    [
      'an event has its data in one line',
      { kind: 'event', event },
      'id: 7\nevent: task.ready\ndata: {"taskId":"t","memberId":null}\n\n',
    ],
    ['a heartbeat is a comment that moves the id', { kind: 'heartbeat', position: 9 }, ': heartbeat\nid: 9\n\n'],
  ] as const)('%s', (_name, item, expected) => {
    expect(eventBlock(item)).toBe(expected);
  });

  it('keeps a line break in data inside its line', () => {
    const broken = { ...event, data: { name: 'a\nb' } };
    expect(eventBlock({ kind: 'event', event: broken }).split('\n')).toHaveLength(5);
  });
});
