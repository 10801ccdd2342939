import { categoryOf } from './category.js';

describe('the category of a message', () => {
  it.each([
    [undefined, undefined, 'inquiry'],
    [undefined, { kind: 'product' }, 'inquiry'],
    [undefined, { kind: 'order' }, 'order'],
    [undefined, { kind: 'claim' }, 'order'],
    ['order', undefined, 'order'],
    ['notice', { kind: 'order' }, 'notice'],
  ] as const)('%s, about %j: %s', (said, about, category) => {
    expect(categoryOf(said, about)).toBe(category);
  });
});
