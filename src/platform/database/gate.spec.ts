import fc from 'fast-check';
import { DatabaseBusy, Gate } from './gate.js';

/** A piece of work that ends when it is told to. */
function held(): { readonly work: () => Promise<void>; readonly end: () => void; readonly begun: () => boolean } {
  let end = (): void => undefined;
  let begun = false;
  const done = new Promise<void>((resolve) => (end = resolve));
  return {
    work: () => {
      begun = true;
      return done;
    },
    end: () => end(),
    begun: () => begun,
  };
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Gate', () => {
  it('lets in as many as there are places, the others in order as places become free', async () => {
    const gate = new Gate(2, { waitMs: 1_000, urgentMs: 1_000 });
    const jobs = Array.from({ length: 4 }, held);
    const runs = jobs.map(({ work }) => gate.run(work, false));
    await soon();
    expect([jobs.map(({ begun }) => begun()), gate.waiting]).toEqual([[true, true, false, false], 2]);
    jobs[1]?.end();
    await soon();
    expect([jobs.map(({ begun }) => begun()), gate.waiting]).toEqual([[true, true, true, false], 1]);
    for (const { end } of jobs) end();
    await Promise.all(runs);
    expect(gate.waiting).toBe(0);
  });

  it('lets urgent ones pass all others', async () => {
    const gate = new Gate(1, { waitMs: 1_000, urgentMs: 1_000 });
    const first = held();
    const order: string[] = [];
    const runs = [gate.run(first.work, false)];
    for (const name of ['a', 'b', 'urgent']) {
      runs.push(gate.run(() => Promise.resolve(void order.push(name)), name === 'urgent'));
    }
    first.end();
    await Promise.all(runs);
    expect(order).toEqual(['urgent', 'a', 'b']);
  });

  it('turns away who waited too long, without having begun, and keeps the place for the next', async () => {
    const gate = new Gate(1, { waitMs: 10_000, urgentMs: 5 });
    const first = held();
    const runs = [gate.run(first.work, false)];
    const late = held();
    await expect(gate.run(late.work, true)).rejects.toThrow(DatabaseBusy);
    const patient = gate.run(() => Promise.resolve('done'), false);
    first.end();
    expect(await patient).toBe('done');
    await Promise.all(runs);
    expect([late.begun(), gate.waiting]).toEqual([false, 0]);
    expect(await gate.run(() => Promise.resolve('free again'), false)).toBe('free again');
  });

  it('never lets in more than its places and never loses one, whatever fails', async () => {
    const job = fc.record({ urgent: fc.boolean(), fails: fc.boolean(), ticks: fc.nat(3) });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(job, { maxLength: 30 }), async (places, jobs) => {
        const gate = new Gate(places, { waitMs: 10_000, urgentMs: 10_000 });
        let inside = 0;
        let most = 0;
        const results = await Promise.allSettled(
          jobs.map(({ urgent, fails, ticks }) =>
            gate.run(async () => {
              inside += 1;
              most = Math.max(most, inside);
              for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
              inside -= 1;
              if (fails) throw new Error('failed');
            }, urgent),
          ),
        );
        expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(
          jobs.filter(({ fails }) => fails).length,
        );
        expect(most).toBeLessThanOrEqual(places);
        expect(gate.waiting).toBe(0);
        const again = Array.from({ length: places }, held);
        const runs = again.map(({ work }) => gate.run(work, false));
        expect(again.every(({ begun }) => begun())).toBe(true);
        for (const { end } of again) end();
        await Promise.all(runs);
      }),
      { numRuns: 50 },
    );
  });
});
