import { setTimeout as sleep } from 'node:timers/promises';
import { workflowIdOf } from '../../src/modules/inquiry/index.js';
import { billableActions } from '../support/billable-actions.js';
import { eventually } from '../support/eventually.js';
import { Gate } from '../support/gate.js';
import type { Product } from '../support/product.js';
import type { Load } from './load.js';
import { chaosOptions } from './options.js';
import { READY_WITHIN_MS, Site } from './site.js';

const { seed, outageSeconds } = chaosOptions();

/** Enough to get the inquiry to where it waits before its wake comes, on a busy machine too. */
const WAKES_AFTER_MS = 30_000;

/** What a drain that cannot be done may cost: its own marker, the patient activity, a task around each. */
const EVENTS = 10;
const ACTIONS = 4;

const PENDING_LEVELS = `select 1 from obligation_level where inquiry_id = $1 and state = 'pending'`;

/** Patient drains come every ten seconds; deliveries and callers somewhat more often. */
const RECOVERED_WITHIN_MS = 150_000;

/**
 * PostgreSQL stays away for minutes while a wake of an inquiry is due, buyers write and people act: the workflow waits in a
 * few events, and everything happens once it is back.
 */
describe(`a database that is away (seed ${seed}, ${outageSeconds} s)`, () => {
  let site: Site;
  let gate: Gate;
  let product: Product;
  let load: Load;

  beforeAll(async () => {
    site = await Site.open();
    gate = new Gate(site.postgresPort);
    await gate.open();
    product = site.start(undefined, site.throughPort(gate.port));
    await product.ready(READY_WITHIN_MS);
    load = site.load(seed);
  }, 500_000);

  afterAll(async () => {
    await gate.open().catch(() => undefined);
    await site.close();
    await gate.shut();
  }, 60_000);

  const countOf = async (inquiryId: string): Promise<{ events: number; actions: number; status: string }> => {
    const handle = (await site.temporal()).workflow.getHandle(workflowIdOf(site.demo.tenantId, inquiryId));
    const { events } = await handle.fetchHistory();
    const types = (events ?? []).map((event) => Number(event.eventType));
    const { status } = await handle.describe();
    return { events: types.length, actions: billableActions(types), status: status.name };
  };

  const snoozed = async (inquiryId: string): Promise<boolean> => {
    const { rows } = await site.superuser.query<{ status: string }>('select status from inquiry where id = $1', [
      inquiryId,
    ]);
    return rows[0]?.status === 'snoozed';
  };

  it(
    'costs an inquiry whose wake is due a few events, and nothing else',
    async () => {
      await load.run(1, ['abandoned']);
      const inquiryId = load.accepted[0]?.inquiryId ?? '';
      // Nothing else is due any more when the snooze is over.
      await eventually(
        () => site.superuser.query(PENDING_LEVELS, [inquiryId]),
        ({ rowCount }) => rowCount === 0,
        60_000,
      );
      const wake = Date.now() + WAKES_AFTER_MS;
      const until = new Date(wake).toISOString();
      expect((await product.as('supervisor').post(`/v1/inquiries/${inquiryId}/snooze`, { until })).status).toBe(200);
      const before = await countOf(inquiryId);
      await gate.shut();
      expect(Date.now()).toBeLessThan(wake);
      const told = load.run(4);
      told.catch(() => undefined);
      await sleep(WAKES_AFTER_MS + outageSeconds * 1_000);
      const during = await countOf(inquiryId);
      expect(await snoozed(inquiryId)).toBe(true);
      await gate.open();
      await eventually(
        () => snoozed(inquiryId),
        (still) => !still,
        RECOVERED_WITHIN_MS,
        250,
      );
      const after = await countOf(inquiryId);
      expect(during.events - before.events).toBeGreaterThan(0);
      expect(during.events - before.events).toBeLessThanOrEqual(EVENTS);
      expect(during.actions - before.actions).toBeLessThanOrEqual(ACTIONS);
      expect(after.status).toBe('RUNNING');
      await told;
      expect(await site.verdict(load, RECOVERED_WITHIN_MS)).toEqual([]);
    },
    outageSeconds * 1_000 + 600_000,
  );
});
