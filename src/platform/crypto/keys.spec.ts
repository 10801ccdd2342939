import fc from 'fast-check';
import { codePoints } from '../../../test/support/code-points.js';
import { Damaged, newKey, openText, unwrapKey, wrapKey } from './cipher.js';
import { Erased, KeyMissing, ownerName } from './errors.js';
import { Keys } from './keys.js';
import type { DataKey, Place } from './keys.js';
import { TenantKeys } from './tenant-keys.js';

const CASE = { case: 'c' };
const SUBJECT = { subject: 's' };
const place: Place = { owner: CASE, table: 'message', column: 'text', row: 'r' };
const named = new Map<string, DataKey>([
  [ownerName(CASE), newKey()],
  [ownerName({ case: 'other' }), newKey()],
  [ownerName(SUBJECT), newKey()],
  [ownerName({ case: 'gone' }), null],
]);
const tenantKeys = (tenantId: string): TenantKeys =>
  new TenantKeys(tenantId, new Map([[1, newKey()]]), newKey(), newKey());
const keys = new Keys(tenantKeys('t'), named);

describe('Keys', () => {
  it.each([
    ['plain', 'Quando chega?'],
    ['NUL', 'a\u0000b'],
    ['lone surrogate', 'x\ud800y'],
    ['combining marks', `e${'\u0301'.repeat(2000)}`],
    ['right-to-left marks', '\u202eabc\u202c'],
    ['empty', ''],
  ])('gives back %s unharmed', (_name, text) => {
    expect(keys.open(place, keys.seal(place, text))).toBe(text);
  });

  it('gives back any string of UTF-16 units, and shows none of it', () => {
    fc.assert(
      fc.property(codePoints(40, { surrogates: true }), (text) => {
        const sealed = keys.seal(place, text);
        expect(keys.open(place, sealed)).toBe(text);
        if (text.length > 3) {
          expect(sealed.includes(Buffer.from(text, 'utf8'))).toBe(false);
          expect(sealed.includes(Buffer.from(text, 'utf16le'))).toBe(false);
        }
      }),
    );
  });

  it('seals the same text differently each time', () => {
    expect(keys.seal(place, 'oi')).not.toEqual(keys.seal(place, 'oi'));
  });

  it.each<[string, Partial<Place>]>([
    ['another row', { row: 'q' }],
    ['another column', { column: 'about' }],
    ['another table', { table: 'task' }],
    ['another case', { owner: { case: 'other' } }],
    ['its person', { owner: SUBJECT }],
    ['the tenant itself', { owner: 'tenant' }],
  ])('opens nothing that was moved to %s', (_name, moved) => {
    const sealed = keys.seal(place, 'oi');
    expect(() => keys.open({ ...place, ...moved }, sealed)).toThrow(Damaged);
  });

  it('opens nothing of another tenant, not even under the same key', () => {
    expect(() => new Keys(tenantKeys('u'), named).open(place, keys.seal(place, 'oi'))).toThrow(Damaged);
  });

  it('opens nothing in clear', () => {
    for (const kind of [0, 1, 0x20, 0x7b]) {
      const clear = Buffer.concat([Buffer.of(kind, 1), Buffer.from('Quando chega o meu pedido de ontem?')]);
      expect(() => keys.open(place, clear)).toThrow(Damaged);
    }
  });

  it('tells a destroyed key from one that never was', () => {
    const gone: Place = { ...place, owner: { case: 'gone' } };
    const sealed = keys.seal(place, 'oi');
    expect(() => keys.open(gone, sealed)).toThrow(Erased);
    expect(() => keys.seal(gone, 'oi')).toThrow(Erased);
    expect([keys.isErased(gone.owner), keys.shown(gone, sealed), keys.shownJson(gone, sealed)]).toEqual([
      true,
      null,
      null,
    ]);
    expect(() => keys.open({ ...place, owner: { case: 'never' } }, sealed)).toThrow(KeyMissing);
    expect(() => keys.shown({ ...place, owner: { case: 'never' } }, sealed)).toThrow(KeyMissing);
  });

  it('keeps the absence of a text', () => {
    expect([keys.open(place, null), keys.sealOptional(place, undefined), keys.openJson(place, null)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('finds equal values of one tenant and purpose only', () => {
    const other = new Keys(tenantKeys('u'), named);
    expect(keys.lookup('buyer', 'x')).toEqual(keys.lookup('buyer', 'x'));
    expect(keys.lookup('buyer', 'x')).not.toEqual(other.lookup('buyer', 'x'));
    expect(keys.lookup('buyer', 'x')).not.toEqual(keys.lookup('message', 'x'));
  });

  it('derives a key per purpose that opens nothing at rest', () => {
    const derived = keys.derive(CASE, 'temporal');
    expect(derived).toHaveLength(32);
    expect(derived).not.toEqual(keys.derive(CASE, 'other'));
    expect(() => openText(derived, 't|case:c|message|text|r', keys.seal(place, 'oi'))).toThrow(Damaged);
  });
});

describe('a wrapped key', () => {
  const [parent, key] = [newKey(), newKey()];

  it('opens under its parent and in its context', () => {
    expect(unwrapKey(parent, 'here', wrapKey(parent, 'here', key))).toEqual(key);
    expect(() => unwrapKey(parent, 'there', wrapKey(parent, 'here', key))).toThrow(Damaged);
    expect(() => unwrapKey(newKey(), 'here', wrapKey(parent, 'here', key))).toThrow(Damaged);
  });

  it('is no text, and a text is no key', () => {
    expect(() => openText(parent, 'here', wrapKey(parent, 'here', key))).toThrow(Damaged);
    expect(() => unwrapKey(newKey(), 'here', keys.seal(place, 'x'.repeat(32)))).toThrow(Damaged);
  });
});
