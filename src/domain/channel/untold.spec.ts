import { untoldBy } from './untold.js';
import type { TellingFacts } from './untold.js';

const MINUTE = 60_000;
const fine: TellingFacts = {
  now: 1_000 * MINUTE,
  pushState: null,
  noticedAt: 998 * MINUTE,
  unheard: 0,
  unconfirmed: 0,
};
const stopped = { noticedAt: 939 * MINUTE, unheard: 3 };

describe('whether a platform still tells us anything', () => {
  it.each([
    ['it told us a moment ago', {}, null],
    ['it says that it does', { pushState: 'on' }, null],
    ['it has suspended its pushes', { pushState: 'off' }, 'pushes_suspended'],
    ['it warns that it will', { pushState: 'failing' }, 'pushes_failing'],
    ['messages keep being found long after its last notice', stopped, 'notices_stopped'],
    ['messages were found, and a notice came an hour ago', { ...stopped, noticedAt: 940 * MINUTE }, null],
    ['notices got lost one by one', { ...stopped, unheard: 2 }, null],
    ['nobody has ever been told, so that nothing has stopped', { ...stopped, noticedAt: null }, null],
    ['it has suspended its pushes, as was found out besides', { ...stopped, pushState: 'off' }, 'pushes_suspended'],
    ['it took messages and told nothing of them for long', { unconfirmed: 3 }, 'statuses_stopped'],
    [
      'it took messages, told nothing of them and never anything',
      { noticedAt: null, unconfirmed: 3 },
      'statuses_stopped',
    ],
    ['statuses got lost one by one', { unconfirmed: 2 }, null],
    ['nothing is told of either side', { ...stopped, unconfirmed: 3 }, 'notices_stopped'],
    ['it has suspended its pushes, statuses too', { pushState: 'off', unconfirmed: 3 }, 'pushes_suspended'],
    ['it warns of statuses that have stopped already', { pushState: 'failing', unconfirmed: 3 }, 'statuses_stopped'],
    ['it warns of what has happened already', { ...stopped, pushState: 'failing' }, 'notices_stopped'],
  ] as const)('%s', (_name, facts, why) => {
    expect(untoldBy({ ...fine, ...facts })).toBe(why);
  });
});
