import { buyersName, buyersWords, orderIn, relayAddressOf, relayAddressText, withOriginal } from './relay.js';

const ORDER = '701-1234567-7654321';

describe('a conversation at the relay', () => {
  it.each([
    { alias: 'a1b2c3@marketplace.amazon.com.br', orderId: ORDER },
    { alias: 'a1b2c3@marketplace.amazon.com.br', orderId: null },
  ])('comes back as it was kept', (address) => {
    expect(relayAddressOf(relayAddressText(address))).toEqual(address);
  });

  it.each(['', 'nobody', 'a@b c', `${ORDER} a@b`, `a@b ${ORDER} x`, 'a @b'])('is not behind %j', (text) => {
    expect(relayAddressOf(text)).toBeNull();
  });
});

describe('the order of a mail', () => {
  it.each([
    ['stands in the subject first', `Pedido: ${ORDER})`, '702-1111111-1111111', ORDER],
    ['else in the text', 'Pergunta', `# ${ORDER}:`, ORDER],
    ['is no part of a longer number', '1701-1234567-7654321', '701-1234567-76543210', null],
    ['may not be there', 'Pergunta', 'Tem azul?', null],
  ])('%s', (_name, subject, text, expected) => {
    expect(orderIn({ subject, text })).toBe(expected);
  });
});

describe('the words of a buyer', () => {
  it.each([
    ['stand in a frame', 'Olá\n--- Begin message ---\nTem\nazul?\n--- End message ---\nAmazon', 'Tem\nazul?'],
    ['stand in one of the shop’s language', '----- Início da mensagem -----\nOi\n----- Fim da mensagem -----', 'Oi'],
    ['stand alone', 'Tem azul?', 'Tem azul?'],
    ['are all there is where the frame has no end', '--- Begin message ---\nTem', '--- Begin message ---\nTem'],
    [
      'are all there is where the frame is empty',
      'a\n--- Begin message ---\n--- End message ---',
      'a\n--- Begin message ---\n--- End message ---',
    ],
  ])('%s', (_name, text, expected) => {
    expect(buyersWords(text)).toBe(expected);
  });
});

describe('the name of a buyer', () => {
  it.each([
    ['Marina - Amazon Marketplace', 'Marina'],
    ['Ana-Lia (via Amazon)', 'Ana-Lia'],
    ['Marina', 'Marina'],
    ['- Amazon', null],
    [null, null],
  ])('%j is %j', (name, expected) => {
    expect(buyersName({ address: 'a@b', name })).toBe(expected);
  });
});

it('an answer has what it answers to below it, marked', () => {
  expect(withOriginal('Temos.', 'Tem?\n> antes')).toBe('Temos.\n\n> Tem?\n>> antes\n');
});
