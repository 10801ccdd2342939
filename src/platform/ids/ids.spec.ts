import { derivedId, isId, newId } from './ids.js';

const NAMESPACE = '018f0000-0000-7000-8000-000000000001';

describe('ids', () => {
  it('derives the same id from the same parts, and another when the border between parts moves', () => {
    expect(derivedId(NAMESPACE, 'ab', 'c')).toBe(derivedId(NAMESPACE, 'ab', 'c'));
    expect(derivedId(NAMESPACE, 'ab', 'c')).not.toBe(derivedId(NAMESPACE, 'a', 'bc'));
  });

  it('makes ordered ids', () => {
    const ids = [newId(), newId(), newId()];
    expect([...ids].sort()).toEqual(ids);
    expect(ids.every(isId)).toBe(true);
    expect(isId('nope')).toBe(false);
  });
});
