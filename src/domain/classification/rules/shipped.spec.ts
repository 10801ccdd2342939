import { createHash } from 'node:crypto';
import { CHINESE } from './chinese.js';
import { ENGLISH } from './english.js';
import { PORTUGUESE } from './portuguese.js';
import { RULES_VERSION } from './shipped.js';
import { SPANISH } from './spanish.js';

describe('shipped rules', () => {
  it('change their version with their wording, because stored classifications name it', () => {
    const wording = JSON.stringify([PORTUGUESE, SPANISH, ENGLISH, CHINESE]);
    const hash = createHash('sha256').update(wording).digest('hex').slice(0, 16);
    expect({ version: RULES_VERSION, hash }).toEqual({ version: '1', hash: 'a98abc2cb41843bc' });
  });
});
