import fc from 'fast-check';
import { Vault } from './vault.js';

const vault = new Vault(Buffer.alloc(32, 7));
const place = { tenantId: 't', table: 'message', column: 'text', row: 'r' };

describe('Vault', () => {
  it.each([
    ['plain', 'Quando chega?'],
    ['NUL', 'a\u0000b'],
    ['lone surrogate', 'x\ud800y'],
    ['combining marks', `e${'\u0301'.repeat(2000)}`],
    ['right-to-left marks', '\u202eabc\u202c'],
    ['empty', ''],
  ])('gives back %s unharmed', (_name, text) => {
    expect(vault.open(place, vault.seal(place, text))).toBe(text);
  });

  it('gives back any string of UTF-16 units', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.integer({ min: 0, max: 0xffff })), (head, units) => {
        const text = head + String.fromCharCode(...units);
        expect(vault.open(place, vault.seal(place, text))).toBe(text);
      }),
    );
  });

  it('finds equal values of one tenant only', () => {
    expect(vault.lookup('a', 'buyer', 'x')).toEqual(vault.lookup('a', 'buyer', 'x'));
    expect(vault.lookup('a', 'buyer', 'x')).not.toEqual(vault.lookup('b', 'buyer', 'x'));
    expect(vault.lookup('a', 'buyer', 'x')).not.toEqual(vault.lookup('a', 'message', 'x'));
  });

  it('refuses a root key of another size', () => {
    expect(() => new Vault(Buffer.alloc(16))).toThrow('32 bytes');
  });
});
