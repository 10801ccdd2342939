import type { Entry } from '../../domain/inquiry/effects.js';
import { Metrics } from '../../platform/metrics/index.js';
import { EngineMeter } from './engine-meter.js';

const entry = (kind: string, data: Entry['data']): Entry => ({
  kind,
  actor: { kind: 'system' },
  step: null,
  because: { definition: { key: 'standard', version: 1, checksum: 'x' } },
  data,
});

describe('EngineMeter', () => {
  it('tells how late levels and time-outs were applied, in seconds', async () => {
    const metrics = new Metrics();
    const meter = new EngineMeter(metrics);
    meter.recorded([
      entry('level.fired', { lateMs: 40 }),
      entry('level.fired', { lateMs: 2_400 }),
      entry('step.timed_out', { lateMs: 0 }),
      entry('obligation.met', {}),
    ]);
    const text = await metrics.text();
    expect(text).toContain('atende_timer_lateness_seconds_bucket{le="0.05",kind="level"} 1\n');
    expect(text).toContain('atende_timer_lateness_seconds_sum{kind="level"} 2.44\n');
    expect(text).toContain('atende_timer_lateness_seconds_count{kind="timeout"} 1\n');
    expect(text).toContain('atende_history_entries_total{kind="level.fired"} 2\n');
    expect(text).toContain('atende_history_entries_total{kind="obligation.met"} 1\n');
  });

  it('tells drains by cause and outcome, and defects', async () => {
    const metrics = new Metrics();
    const meter = new EngineMeter(metrics);
    meter.drained('ring', 'done', performance.now() - 20);
    meter.drained('sweep', 'failed', performance.now());
    meter.setAside();
    const text = await metrics.text();
    expect(text).toContain('atende_drain_duration_seconds_bucket{le="0.01",cause="ring",outcome="done"} 0\n');
    expect(text).toContain('atende_drain_duration_seconds_count{cause="ring",outcome="done"} 1\n');
    expect(text).toContain('atende_drain_duration_seconds_count{cause="sweep",outcome="failed"} 1\n');
    expect(text).toContain('atende_events_set_aside_total 1\n');
  });
});
