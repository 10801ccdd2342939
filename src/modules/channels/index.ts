export type { Budget } from './budget.js';
export { Budgets } from './budgets.js';
export { ChannelsModule } from './channels.module.js';
export type {
  Access,
  Answer,
  Authorisation,
  Beside,
  Blocking,
  Cards,
  CouponCard,
  Changes,
  CheckOutcome,
  Connector,
  Context,
  Credentials,
  FetchedFile,
  Files,
  Given,
  Grant,
  GrantOutcome,
  Hint,
  HintRead,
  Listener,
  Metrics,
  Notice,
  NoticedPart,
  Notices,
  Opening,
  OrderCard,
  OutgoingFile,
  OutgoingMessage,
  ParsedNotice,
  Unread,
  ProductCard,
  Reading,
  ShopMetric,
  Sought,
  Subject,
  Templates,
} from './connector.js';
export { needsAccount } from './connector.js';
export { Connectors } from './connectors.js';
export { HINT_ORIGINS, hintId, keepHints, noteHint, readHint, requestUnread } from './hints.js';
export type { HintOrigin, KeptHint } from './hints.js';
export { COMPARATORS, METRIC_NAMES, METRIC_UNITS } from './metrics.js';
export type { Pushes } from './push-state.js';
export { SharedBudget } from './shared-budget.js';
export type { BudgetLevel } from './shared-budget.js';
export { channelEventSchema, payloadErrors } from './events.js';
export type {
  AttachmentGiven,
  ChannelEvent,
  MessageReceived,
  MessageStatus,
  PayloadError,
  PlatformEvent,
  ReplyExternal,
} from './events.js';
export { AmazonConnector } from './amazon/amazon-connector.js';
export { EmailConnector } from './email/email-connector.js';
export { WebhookConnector } from './webhook/webhook-connector.js';
export type { MercadoLivreApp } from './mercadolivre/app.js';
export { MercadoLivreConnector } from './mercadolivre/mercadolivre-connector.js';
export { WhatsAppConnector } from './whatsapp/whatsapp-connector.js';
export type { ShopeeApp } from './shopee/app.js';
export { ShopeeConnector } from './shopee/shopee-connector.js';
export { BudgetFigures } from './budget-figures.js';
export { SKEW_MS } from './answered-elsewhere.js';
export { isSameText } from './wording.js';
export { SYNC_EVENTS, logSync, readSyncLog } from './sync-log.js';
export type { LoggedSync, SyncPlace } from './sync-log.js';
