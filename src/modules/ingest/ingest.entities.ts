import { defineEntity, p } from '@mikro-orm/core';
import type { InferEntity } from '@mikro-orm/core';
import { InstantType } from '../../platform/database/index.js';
import type { PayloadError } from '../channels/index.js';

/** A signed delivery that could not be read, kept for another try. */
export const QuarantineEntity = defineEntity({
  name: 'Quarantine',
  tableName: 'quarantine',
  properties: {
    tenantId: p.uuid().primary(),
    id: p.uuid().primary(),
    shopId: p.uuid(),
    channel: p.text(),
    /** Sealed: it may hold a buyer's words. */
    body: p.blob().$type<Buffer>(),
    problem: p.json<{ readonly code: string; readonly errors: readonly PayloadError[] }>(),
    receivedAt: p.type(InstantType),
    replayedAt: p.type(InstantType).strictNullable(),
  },
});
export type QuarantineRow = InferEntity<typeof QuarantineEntity>;
