import fc from 'fast-check';
import { channelEventSchema } from '../events.js';
import { cursorOf, cursorText } from './cursor.js';
import { receivedEvents, sentEvents } from './events.js';
import { textOfHtml } from './html.js';
import { readMail } from './mail.js';

const OWN = 'loja@loja.example';

const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('', '<>', '<a@b>', '=?utf-8?B?////?=', '=?x?Q?=00?='),
);

const names = fc.constantFrom(
  ...['From', 'To', 'Cc', 'Reply-To', 'Subject', 'Message-ID', 'In-Reply-To', 'References', 'Date', 'Content-Type'],
  ...['Content-Transfer-Encoding', 'Auto-Submitted', 'Return-Path', 'MIME-Version', 'Content-Disposition'],
);

const types = fc.constantFrom(
  ...['text/plain; charset=utf-7', 'text/html', 'multipart/mixed; boundary=b', 'multipart/mixed; boundary=""'],
  ...['multipart/report; report-type=delivery-status; boundary=b', 'message/rfc822', 'text/plain; charset=nonsense'],
  ...['multipart/report; report-type=disposition-notification; boundary=b'],
  ...['multipart/alternative; boundary="--"', 'application/ms-tnef', 'text/calendar'],
);

const head = fc.oneof(
  fc.tuple(names, words).map(([name, value]) => `${name}: ${value}`),
  types.map((type) => `Content-Type: ${type}`),
  fc.constantFrom('From: Marina <marina@buyers.example>', 'From: a@b, c@d', 'From: "x" <@>', `To: ${OWN}`),
  words,
);

const body = fc.oneof(
  words,
  fc.constantFrom(
    ...['--b\r\nContent-Type: text/html\r\n\r\n<div><p>x', '--b\r\n\r\n--b\r\n\r\n--b--', '<'.repeat(5_000)],
    ...['<blockquote>'.repeat(300), 'Action: failed\r\nStatus: 5.1.1\r\nMessage-ID: <q@w>', '\u0000'.repeat(50)],
  ),
);

const mails = fc
  .tuple(fc.array(head, { maxLength: 12 }), fc.array(body, { maxLength: 6 }))
  .map(([lines, parts]) => Buffer.from([...lines, '', ...parts].join('\r\n'), 'utf8'));

describe('any bytes', () => {
  it('are read without a throw, in time, and say only what fits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          mails,
          fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)),
        ),
        async (raw) => {
          const mail = await readMail(raw, OWN);
          if (mail === null) return;
          const events = [
            ...receivedEvents(mail, { arrivedAt: 1_000, buyer: null }),
            ...sentEvents(mail, 1_000, '<parent@x>'),
          ];
          const shown = events.map((event) =>
            'attachments' in event.data ? { ...event, data: { ...event.data, attachments: [] } } : event,
          );
          expect(shown.map((event) => channelEventSchema.safeParse(event).error)).toEqual(shown.map(() => undefined));
        },
      ),
      { numRuns: 1_500 },
    );
  }, 60_000);
});

describe('HTML made to be slow', () => {
  it.each(['<blockquote>', '<', '<!--', '<a ', '</p>', '<script>', '&amp;', '<td>'])(
    '%s, a million characters of it',
    (part) => {
      const begunAt = performance.now();
      textOfHtml(part.repeat(Math.ceil(1_000_000 / part.length)));
      // Milliseconds; what grows with the square of its length would take minutes.
      expect(performance.now() - begunAt).toBeLessThan(20_000);
    },
  );
});

describe('a cursor', () => {
  const place = fc.record({ validity: fc.integer({ min: 1 }).map(String), uid: fc.integer({ min: 0, max: 2 ** 31 }) });

  it('comes back as it was kept', () => {
    fc.assert(
      fc.property(fc.record({ inbox: place, sent: place }, { requiredKeys: [] }), (cursor) => {
        expect(cursorOf(cursorText(cursor))).toEqual(cursor);
      }),
    );
  });

  it('that is none begins anew', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(Object.keys(cursorOf(text)).every((box) => box === 'inbox' || box === 'sent')).toBe(true);
      }),
    );
  });
});
