import { REFUSAL_REASONS, refusalTold } from './refusals.js';

describe('refusals of a channel', () => {
  it('have a text and a remedy in three languages, each its own', () => {
    const poor = REFUSAL_REASONS.filter((reason) => {
      const { text, remedy } = refusalTold(reason) ?? {};
      return ![text, remedy].every((told) => {
        const said = told === undefined ? [] : [told.en, told['zh-CN'], told['pt-BR']];
        return said.every((one) => one.length > 5) && new Set(said).size === 3;
      });
    });
    expect(poor).toEqual([]);
  });

  it.each(['blocked_by_something_new', 'block_by_something_new', 'blocked'])(
    'are told also where they are new: %s',
    (reason) => {
      expect(refusalTold(reason)?.text.en).toMatch(/blocked this conversation/);
    },
  );

  it.each(['constructor', 'blockade', 'http_400', ''])('are not made up: %s', (reason) => {
    expect(refusalTold(reason)).toBeNull();
  });
});
