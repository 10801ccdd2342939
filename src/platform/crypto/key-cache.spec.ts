import { KeyCache } from './key-cache.js';
import { RootKeys, rootKeyId } from './root-keys.js';

describe('KeyCache', () => {
  it('forgets what is too old, however often it was used', () => {
    let now = 0;
    const cache = new KeyCache<string>(10, 100, () => now);
    cache.set('a', 'x');
    for (now of [40, 80, 99]) expect(cache.get('a')).toBe('x');
    now = 100;
    expect(cache.get('a')).toBeUndefined();
  });

  it('keeps no more than its size, and lets go of what was longest unused', () => {
    const cache = new KeyCache<number>(3, 1_000, () => 0);
    for (const [index, name] of ['a', 'b', 'c'].entries()) cache.set(name, index);
    cache.get('a');
    cache.set('d', 3);
    expect(['a', 'b', 'c', 'd'].map((name) => cache.get(name))).toEqual([0, undefined, 2, 3]);
  });

  it('forgets one, or all', () => {
    const cache = new KeyCache<string | null>(10, 1_000, () => 0);
    cache.set('a', null);
    cache.set('b', 'y');
    expect(cache.get('a')).toBeNull();
    cache.delete('a');
    expect([cache.get('a'), cache.get('b')]).toEqual([undefined, 'y']);
    cache.clear();
    expect(cache.get('b')).toBeUndefined();
  });
});

describe('RootKeys', () => {
  const [old, current] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];

  it('knows each key by an id that tells nothing about it', () => {
    const roots = new RootKeys(current, [old]);
    expect(roots.get(rootKeyId(old))).toEqual(old);
    expect(roots.get(roots.currentId)).toEqual(current);
    expect(rootKeyId(old)).toMatch(/^[0-9a-f]{16}$/);
    expect(() => new RootKeys(current).get(rootKeyId(old))).toThrow('ATENDE_PREVIOUS_ROOT_KEYS');
  });

  it('refuses a key of another size', () => {
    expect(() => new RootKeys(Buffer.alloc(16))).toThrow('32 bytes');
    expect(() => new RootKeys(current, [Buffer.alloc(31)])).toThrow('32 bytes');
  });
});
