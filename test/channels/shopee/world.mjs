/** Everything the platform knows, in memory: conversations, messages, pictures, tokens. Ids of the chat have 19 digits. */
import { randomUUID } from 'node:crypto';
import { nowOf } from '../serving.mjs';

export class World {
  constructor(settings = {}) {
    this.settings = {
      partnerId: '2001887',
      partnerKey: 'shopee-fake-partner-key-0001',
      pushKey: 'shopee-fake-push-key-0001',
      shopId: 14701711,
      /** Seconds an access token lasts; the platform says four hours. */
      expireIn: 14_400,
      /** Seconds within which a refresh token has to be used; the platform says thirty days. */
      refreshExpireIn: 30 * 86_400,
      /** Characters of a message that are taken. */
      maxLength: 1_000,
      /** Days after the buyer's message within which the shop may write. */
      contactDays: 7,
      /** False = no token is taken, however new it is. */
      admitsTokens: true,
      /** Requests a minute and group of endpoints. */
      perMinute: 1_000,
      /** Where pushes go; null = nobody is told. It is what signatures are made over. */
      pushUrl: null,
      /** Whether long ids are numbers: `all`, `some` (every other reply) or `none`. */
      numericIds: 'some',
      /** Each push again, this many times; pushes are lost on their way with a chance, or come in another order. */
      duplicates: 0,
      loss: 0,
      shuffle: false,
      /** Whether what the shop sends over the API is pushed back to it. */
      echo: true,
      /** Ms a push waits for its answer, and between its tries; the platform takes 3 s, then 5 min, 30 min and 3 h. */
      pushTimeoutMs: 3_000,
      pushRetryMs: 400,
      /** `Normal`, `Warning` or `Suspended`: then nothing is pushed, or kept as lost, until the pushes are set again. */
      pushStatus: 'Normal',
      /** After how many pushes in a row that nobody took the platform suspends them; null = never. It does not say at what rate. */
      suspendsAfter: null,
      /** How far the platform's clock stands before the true time, in ms; below 0 = behind. */
      skewMs: 0,
      ...settings,
    };
    this.next = 2_292_349_852_063_924_224n;
    this.conversations = new Map();
    this.messages = new Map();
    /** Pictures that buyers sent or the shop uploaded, by the last part of their address; whoever knows it may have them. */
    this.pictures = new Map();
    this.codes = new Map();
    this.access = new Map();
    this.refresh = new Map();
    this.refreshed = 0;
    /** What the shop sells, has sold and gives, in the platform's own words. */
    this.orders = new Map();
    this.items = new Map();
    this.vouchers = [];
    this.linked = true;
    this.banned = false;
    /** Pushes that reached nobody, until they are confirmed. */
    this.lost = [];
    /** The number of the last of them: like those of the chat, more than a number of this language holds. */
    this.lostId = 2_292_349_852_063_924_224n;
    /** Pushes in a row that nobody took. */
    this.untaken = 0;
    /** Up to which of them the application has confirmed. */
    this.confirmed = null;
    /** Every message of the shop that was taken, also what was taken twice. */
    this.taken = [];
    this.replies = 0;
  }

  /** What the platform takes for now, in epoch ms. */
  now() {
    return nowOf(this.settings);
  }

  id() {
    this.next += 1_048_583n;
    return String(this.next);
  }

  /** The conversation with a buyer; there is one. */
  conversationWith({ buyerId, name = `comprador${buyerId}`, businessType = 0 }) {
    const known = [...this.conversations.values()].find(
      (one) => one.buyerId === String(buyerId) && one.businessType === businessType,
    );
    if (known !== undefined) return known;
    const conversation = { id: this.id(), buyerId: String(buyerId), name, businessType, readUntil: 0n };
    this.conversations.set(conversation.id, conversation);
    return conversation;
  }

  keepPicture(bytes, mime, from = 'buyer') {
    const name = randomUUID();
    this.pictures.set(name, { bytes, mime, from });
    return name;
  }

  /** @param from the buyer, or the shop when somebody writes on the platform's own page */
  write(
    conversation,
    {
      type = 'text',
      content,
      from = 'buyer',
      at = this.now(),
      status = 'normal',
      source = '',
      about = {},
      hiddenFor = 0,
    },
  ) {
    const message = {
      id: this.id(),
      conversation: conversation.id,
      type,
      content,
      from,
      at: Math.floor(at / 1_000),
      status,
      source,
      about,
      hiddenFor,
    };
    this.messages.set(message.id, message);
    if (from === 'shop') conversation.readUntil = BigInt(message.id);
    return message;
  }

  messagesOf(conversationId) {
    return [...this.messages.values()].filter((message) => message.conversation === conversationId);
  }

  /** Whether this reply has its long ids as numbers. */
  isNumeric() {
    this.replies += 1;
    const { numericIds } = this.settings;
    return numericIds === 'all' || (numericIds === 'some' && this.replies % 2 === 0);
  }
}

/** A message as the platform shows it. */
export function shownMessage(world, message, isNumeric) {
  const conversation = world.conversations.get(message.conversation);
  const { shopId } = world.settings;
  const [shop, buyer] = [
    { id: 900_000_000 + shopId, shop: shopId },
    { id: BigInt(conversation.buyerId), shop: 0 },
  ];
  const [from, to] = message.from === 'shop' ? [shop, buyer] : [buyer, shop];
  const long = (id) => (isNumeric ? BigInt(id) : id);
  return {
    message_id: long(message.id),
    message_type: message.type,
    from_id: from.id,
    from_shop_id: from.shop,
    to_id: to.id,
    to_shop_id: to.shop,
    conversation_id: long(message.conversation),
    created_timestamp: message.at,
    region: 'BR',
    status: message.status,
    source: message.source,
    content: message.content,
    message_option: 0,
    source_content: message.about,
  };
}

/** A conversation as the lists show it. */
export function shownConversation(world, conversation, isNumeric) {
  const last = world.messagesOf(conversation.id).at(-1);
  const long = (id) => (isNumeric ? BigInt(id) : id);
  return {
    conversation_id: long(conversation.id),
    to_id: BigInt(conversation.buyerId),
    to_name: conversation.name,
    to_avatar: '',
    shop_id: world.settings.shopId,
    unread_count: unreadOf(world, conversation),
    pinned: false,
    last_read_message_id: String(conversation.readUntil),
    latest_message_id: last === undefined ? null : long(last.id),
    latest_message_type: last?.type ?? '',
    latest_message_content: last?.content ?? {},
    latest_message_from_id: 0,
    last_message_timestamp:
      BigInt(last?.at ?? 0) * 1_000_000_000n + (last === undefined ? 0n : BigInt(last.id) % 1_000_000_000n),
    business_type: conversation.businessType,
  };
}

export function unreadOf(world, conversation) {
  return world
    .messagesOf(conversation.id)
    .filter((message) => message.from === 'buyer' && BigInt(message.id) > conversation.readUntil).length;
}
