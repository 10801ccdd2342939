import type { Calendar } from '../../src/domain/calendar/types.js';

/** An office in São Paulo with a break at noon, and a holiday on a Friday. */
export const office: Calendar = {
  key: 'office',
  version: 3,
  spec: {
    zone: 'America/Sao_Paulo',
    week: Object.fromEntries(
      (['mon', 'tue', 'wed', 'thu', 'fri'] as const).map((day) => [
        day,
        [
          { from: '09:00', to: '12:00' },
          { from: '13:00', to: '18:00' },
        ],
      ]),
    ),
    exceptions: [{ date: '2026-11-20', name: 'Consciência Negra', intervals: [] }],
  },
};

/** Thursday, 19 November 2026, 17:00 in São Paulo: an hour before the office closes for its holiday. */
export const THURSDAY = Date.parse('2026-11-19T20:00:00.000Z');
