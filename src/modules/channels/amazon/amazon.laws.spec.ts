import fc from 'fast-check';
import { authenticationOf, isGenuine } from '../email/authentication.js';
import { readMail } from '../email/mail.js';
import { channelEventSchema } from '../events.js';
import { codeIn, isTokenOver } from './http.js';
import { buyersThread, buyersWords, orderIn, relayAddressOf, relayAddressText } from './relay.js';
import { relayedEvents } from './relayed-events.js';

const DOMAIN = 'marketplace.amazon.com.br';
const SERVER = 'mx.shop.example';

const pieces = fc.constantFrom(
  ...[SERVER, ';', ' ', '(', ')', '"', '\\', '=', 'dkim=pass', 'dmarc=pass', 'spf=pass', 'none', '\r\n\t', '1'],
  ...[`header.from=evil.example`, 'header.d=evil.example', 'smtp.mailfrom=@evil.example', 'é', '\u0000'],
);

const headers = fc.oneof(
  fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
);

describe('any header about who sent a mail', () => {
  it('is read without a throw, and proves nothing about an address that it does not name', () => {
    fc.assert(
      fc.property(fc.array(headers, { maxLength: 4 }), (authentication) => {
        const from = { address: `a@${DOMAIN}`, name: null };
        expect(isGenuine({ from, authentication }, SERVER)).not.toBe(true);
        for (const header of authentication) expect(authenticationOf(header)?.by).not.toBe('');
      }),
      { numRuns: 3_000 },
    );
  });

  it.each(['(', '"', ';', '\\', 'a=', '=', ' '])('%j, a million of it, takes no time', (part) => {
    const begunAt = performance.now();
    authenticationOf(`${SERVER};${part.repeat(1_000_000)}`);
    // Milliseconds; what grows with the square of its length would take minutes.
    expect(performance.now() - begunAt).toBeLessThan(20_000);
  });
});

describe('any answer of the API', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.json(),
    fc.record({ errors: fc.array(fc.record({ code: fc.anything(), message: fc.anything() })) }).map((said) => {
      try {
        return JSON.stringify(said);
      } catch {
        return '';
      }
    }),
  );

  it('is read without a throw, and takes a token for over only where that is said', () => {
    fc.assert(
      fc.property(texts, fc.constantFrom(200, 201, 400, 403, 404, 500), (text, status) => {
        expect(typeof codeIn({ text })).toBe('string');
        expect(isTokenOver({ status, text })).toBe(
          status === 403 && /access token/i.test(text) && codeIn({ text }) !== '',
        );
      }),
      { numRuns: 1_000 },
    );
  });
});

const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('', '701-1234567-7654321', '--- Begin message ---', '--- End message ---', '- Amazon Marketplace'),
);

const mails = fc
  .record({ name: words, subject: words, lines: fc.array(words, { maxLength: 8 }), to: words })
  .map(({ name, subject, lines, to }) =>
    Buffer.from(
      [`From: "${name}" <a@${DOMAIN}>`, `To: ${to}`, `Subject: ${subject}`, 'Message-ID: <m@x>', '', ...lines].join(
        '\r\n',
      ),
    ),
  );

describe('any mail of the relay', () => {
  it('says only what fits, and its conversation comes back as it was kept', async () => {
    await fc.assert(
      fc.asyncProperty(mails, async (raw) => {
        const mail = await readMail(raw, 'loja@loja.example');
        const address = mail === null ? null : buyersThread(mail, [DOMAIN]);
        if (mail === null || address === null) return;
        expect(relayAddressOf(relayAddressText(address))).toEqual(address);
        const shown = relayedEvents(mail, 1_000, address, 24);
        expect(shown.map((event) => channelEventSchema.safeParse(event).error)).toEqual(shown.map(() => undefined));
      }),
      { numRuns: 500 },
    );
  }, 60_000);

  it.each(['-', '--- Begin message ---\n', '701-', '1', '\n'])(
    '%j, a million characters of it, takes no time',
    (part) => {
      const text = part.repeat(Math.ceil(1_000_000 / part.length));
      const begunAt = performance.now();
      buyersWords(text);
      orderIn({ subject: text, text });
      expect(performance.now() - begunAt).toBeLessThan(20_000);
    },
  );
});
