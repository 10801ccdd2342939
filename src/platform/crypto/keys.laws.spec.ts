import fc from 'fast-check';
import { Damaged, newKey } from './cipher.js';
import { ownerName } from './errors.js';
import { Keys } from './keys.js';
import type { Place } from './keys.js';
import { TenantKeys } from './tenant-keys.js';

const CASE = { case: 'c' };
const place: Place = { owner: CASE, table: 'message', column: 'text', row: 'r' };
const tenantKeys = new TenantKeys('t', new Map([[1, newKey()]]), newKey(), newKey());
const keys = new Keys(tenantKeys, new Map([[ownerName(CASE), newKey()]]));

describe('Keys', () => {
  it('opens nothing of which one bit was changed, or that was cut', () => {
    const sealed = keys.seal(place, 'Meu pedido não chegou');
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
        const changed = Buffer.from(sealed);
        changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(() => keys.open(place, changed)).toThrow(Damaged);
      }),
    );
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => keys.open(place, sealed.subarray(0, length))).toThrow(Damaged);
    }
  });
});
