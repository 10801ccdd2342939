import { channelStanding } from './standing.js';
import type { ChannelFacts } from './standing.js';

const MINUTE = 60_000;
const fine: ChannelFacts = {
  ...{ consent: 'authorised', now: 100 * MINUTE, sweptAt: 98 * MINUTE, sweepEveryMs: 5 * MINUTE },
  ...{ besideLost: false, waitingSince: null, quarantined: 0, untold: false },
};

describe('how a channel stands', () => {
  it.each([
    ['all is well', {}, 'ok'],
    ['no consent is needed', { consent: null, sweptAt: null }, 'ok'],
    ['nobody has consented', { consent: 'missing' }, 'down'],
    ['the consent will be over soon', { consent: 'ending' }, 'attention'],
    ['the consent is gone', { consent: 'lost' }, 'down'],
    ['a consent is gone that the channel does without', { besideLost: true }, 'attention'],
    ['nothing was looked at for long', { sweptAt: 70 * MINUTE }, 'attention'],
    ['something waits a little', { waitingSince: 95 * MINUTE }, 'ok'],
    ['something waits for long', { waitingSince: 80 * MINUTE }, 'attention'],
    ['the platform tells us nothing any more', { untold: true }, 'attention'],
    ['something was not understood', { quarantined: 1 }, 'attention'],
  ] as const)('%s', (_name, facts, standing) => {
    expect(channelStanding({ ...fine, ...facts })).toBe(standing);
  });
});
