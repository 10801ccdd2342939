/** Why nobody may write after a sale, and for which reasons a seller may all the same. */

/** Why nobody may write, as the platform's page lists it. */
export const SUBSTATUSES = new Set([
  ...['blocked_by_time', 'blocked_by_buyer', 'blocked_by_mediation', 'blocked_by_fulfillment', 'blocked_by_payment'],
  ...['blocked_by_conversation_initiated_by_seller', 'blocked_by_conversation_initiated_by_seller_limited'],
  ...['blocked_by_conversation_use_message_api', 'blocked_by_conversation_expired', 'blocked_by_refund'],
  ...['blocked_by_cancelled_order', 'blocked_by_cancelled_order_by_fraud', 'blocked_by_cancelled_order_hidden'],
  ...['blocked_by_mediation_fbm', 'blocked_by_claim_change_open', 'blocked_by_claim_change_closed'],
  ...['blocked_by_deactivated_account', 'blocked_by_restrictions', 'blocked_by_message_pending_review'],
  ...['blocked_by_return_to_buyer_fulfillment', 'blocked_by_ai_assistant', 'blocked_by_ai_assistant_expired'],
  ...['blocked_by_ai_assistant_contact_closed', 'block_by_ai_assistant_initiated_by_seller_expired'],
]);

export const LIMITED = 'blocked_by_conversation_initiated_by_seller_limited';
export const USE_MESSAGES = 'blocked_by_conversation_use_message_api';

/** What the buyer reads of the platform's own templates: no answer shows it beforehand. */
export const WORDS = {
  TEMPLATE___REQUEST_VARIANTS___1: () => 'Olá! Precisamos saber qual variação do produto você prefere.',
  TEMPLATE___DELIVERY_PROMISE___1: ({ delivery_day: day }) => `Olá! Seu pedido chega no dia ${day}.`,
};

/** The reasons of a sale that has just been made. */
export function reasons() {
  const common = { internal_description: '', enabled: true, actionable: true, child_options: null, cap_available: 1 };
  const template = (id, vars) => ({ id: `TEMPLATE___${id}___1`, vars });
  return [
    { ...common, id: 'REQUEST_VARIANTS', type: 'template', templates: [template('REQUEST_VARIANTS', null)] },
    {
      ...common,
      id: 'DELIVERY_PROMISE',
      type: 'template',
      templates: [template('DELIVERY_PROMISE', ['delivery_day'])],
    },
    { ...common, id: 'SEND_INVOICE_LINK', type: 'free_text', templates: null, char_limit: 350, enabled: false },
    { ...common, id: 'OTHER', type: 'free_text', templates: null, char_limit: 350 },
  ];
}
