import { beginTrace, traceparent } from './trace-context.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

describe('trace context', () => {
  it.each([
    ['recorded', `00-${TRACE}-${SPAN}-01`, true],
    ['not recorded', `00-${TRACE}-${SPAN}-00`, false],
    ['further flags', `00-${TRACE}-${SPAN}-03`, true],
    ['a later version with more fields', `cc-${TRACE}-${SPAN}-01-what-comes`, true],
  ])('goes on in the trace of the caller: %s', (_name, header, sampled) => {
    const context = beginTrace(header);
    expect([context.traceId, context.sampled]).toEqual([TRACE, sampled]);
    expect(context.spanId).toMatch(/^[0-9a-f]{16}$/);
    expect(context.spanId).not.toBe(SPAN);
    expect(traceparent(context)).toBe(`00-${TRACE}-${context.spanId}-${sampled ? '01' : '00'}`);
  });

  it.each([
    ['none', undefined],
    ['two', [`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-01`]],
    ['empty', ''],
    ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['all zeros', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a parent of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['the forbidden version', `ff-${TRACE}-${SPAN}-01`],
    ['more fields than the version has', `00-${TRACE}-${SPAN}-01-more`],
    ['text', 'Marina Teles'],
  ])('begins a new trace: %s', (_name, header) => {
    const [one, two] = [beginTrace(header), beginTrace(header)];
    expect(one.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect([one.sampled, one.traceId === TRACE, one.traceId === two.traceId]).toEqual([false, false, false]);
  });
});
