import { randomUUID } from 'node:crypto';

/** Invented buyers and what they ask. */

const NAMES = ['Lia Prado', 'Davi Serrano', 'Nina Furtado', 'Caio Bragança', 'Iara Mesquita', 'Otto Vilela'];

const QUESTIONS = [
  'Oi, comprei na semana passada e ainda não recebi o código de rastreio. Vocês conseguem ver se já saiu do depósito?',
  'Boa tarde! O vestido serve para quem usa M ou é melhor pedir o G? A tabela de medidas não abriu no meu celular.',
  'Recebi o pedido hoje, mas veio um fone sem a caixa de carregamento. Como faço para trocar sem pagar o frete?',
  'Olá, a nota fiscal veio com o endereço antigo. Dá para corrigir antes de eu levar para a assistência?',
  'Vocês mandam para o interior do Acre? Na página do produto aparece um prazo e no carrinho aparece outro.',
];

const ANSWERS = [
  'Oi! Já falei com o depósito: o pedido sai hoje até as 18h e o código chega por aqui assim que for gerado.',
  'Boa tarde! Pelo que você descreveu, o M fica melhor. Se não servir, a primeira troca é por nossa conta.',
  'Sentimos muito. Já separei outro para você, o envio é hoje e o anterior pode ser devolvido sem custo.',
];

const GREETING = 'Espero que esteja tudo bem por aí. ';

export type BuyerMessage = {
  readonly conversationId: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly text: string;
};

/** A message of a buyer nobody has heard of, about 1 kB as it travels. */
export function newMessage(random: () => number, prefix = ''): BuyerMessage {
  const id = randomUUID();
  const text = `${prefix}${GREETING}${pick(QUESTIONS, random)} ${pick(QUESTIONS, random)}`;
  return {
    conversationId: `c-${id}`,
    text,
    data: {
      messageId: `m-${id}`,
      conversationId: `c-${id}`,
      sentAt: new Date().toISOString(),
      buyer: { id: `b-${id}`, name: pick(NAMES, random) },
      text,
    },
  };
}

/** What an agent answers. */
export function newAnswer(random: () => number): string {
  return pick(ANSWERS, random);
}

function pick(list: readonly string[], random: () => number): string {
  return list[Math.floor(random() * list.length)] ?? '';
}
