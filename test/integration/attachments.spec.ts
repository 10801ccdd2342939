import { BuyerServer } from '../support/buyer-server.js';
import { eventually } from '../support/eventually.js';
import { offeredTo, setShop } from '../support/people.js';
import { messageEvent, startStack } from '../support/stack.js';
import type { Accepted, Stack } from '../support/stack.js';

const PHOTO = { url: 'https://files.example/f/1.png', mediaType: 'image/png', name: 'defeito.png', size: 120_000 };
const NOTE = { url: 'https://files.example/f/2.ogg', mediaType: 'audio/ogg' };
const MANUAL = { url: 'https://files.example/f/manual.pdf', mediaType: 'application/pdf', name: 'manual.pdf' };

describe('attachments', () => {
  let stack: Stack;
  let buyer: BuyerServer;
  let accepted: Accepted;

  beforeAll(async () => {
    stack = await startStack();
    buyer = await new BuyerServer(stack.demo.webhookSecret).start();
    await setShop(stack, { replyUrl: buyer.url });
    accepted = await stack.send({ text: 'Chegou assim, olhem', attachments: [PHOTO, NOTE] });
  }, 60_000);

  afterAll(async () => {
    await stack.stop();
    await buyer.stop();
  });

  const received = async (role: 'agent' | 'ops' | 'supervisor'): Promise<{ readonly id: string }[]> => {
    const { body } = await stack.as(role).get(`/v1/inquiries/${accepted.inquiryId}/messages`);
    return body.items.find((one: { direction: string }) => one.direction === 'in').attachments;
  };

  it('are listed with the buyer message, in its order, and fetched by their ids', async () => {
    const [photo, note, ...more] = await received('agent');
    expect(more).toEqual([]);
    expect(photo).toMatchObject(PHOTO);
    expect(note).toMatchObject({ ...NOTE, name: null, size: null });
    const answer = await stack.as('agent').get(`/v1/attachments/${photo?.id}`);
    expect(answer).toMatchObject({ status: 200, body: { url: PHOTO.url, expiresAt: null } });
  });

  it('show their kind, not their address, to roles that see no texts', async () => {
    const [photo] = await received('ops');
    expect(photo).toMatchObject({ mediaType: 'image/png', url: null, name: null });
    const answer = await stack.as('ops').get(`/v1/attachments/${photo?.id}`);
    expect(answer).toMatchObject({ status: 200, body: { url: null } });
  });

  it('of another tenant, and unknown ones, are not found', async () => {
    const [photo] = await received('supervisor');
    for (const path of [`/v1/attachments/${photo?.id}`, `/v1/attachments/${accepted.inquiryId}`]) {
      expect(await stack.as({ key: stack.other.keys.supervisor }).get(path)).toMatchObject({
        status: 404,
        body: { code: 'not_found' },
      });
    }
  });

  it.each([
    ['javascript:alert(1)', 400],
    ['data:text/html,<script>alert(1)</script>', 400],
    ['file:///etc/passwd', 400],
    ['ftp://files.example/1.png', 400],
    ['https://user:password@files.example/1.png', 400],
    ['http://files.example/1.png', 400],
    ['http://93.184.216.34/1.png', 400],
    ['http://10.0.0.7/1.png', 202],
    ['http://[::1]:8080/1.png', 202],
    ['https://files.example/1.png?signature=a', 202],
  ])('are links that people can open without harm: %s', async (url, status) => {
    const response = await stack.deliver(messageEvent({ attachments: [{ url, mediaType: 'image/png' }] }));
    expect(response.status).toBe(status);
  });

  it('of a reply reach the buyer with it', async () => {
    const agent = await offeredTo(stack, accepted.inquiryId);
    const answer = await agent.post(`/v1/inquiries/${accepted.inquiryId}/replies`, {
      text: 'Segue o manual.',
      attachments: [MANUAL],
    });
    expect(answer.status).toBe(202);
    const taken = await eventually(
      () => Promise.resolve(buyer.taken.find((message) => message.intentId === answer.body.intentId)),
      (message) => message !== undefined,
    );
    expect(taken?.data['attachments']).toEqual([MANUAL]);
  });
});
