/**
 * What kind of news opened an inquiry: `inquiry` = somebody asks, `order` = somebody writes about something bought, `notice` = the
 * platform reports something by itself. What becomes of it later does not change that.
 */
export const CATEGORIES = ['inquiry', 'order', 'notice'] as const;
export type Category = (typeof CATEGORIES)[number];

/** Things that only somebody who has bought writes about. */
const BOUGHT: ReadonlySet<string> = new Set(['order', 'claim', 'return', 'refund', 'shipment']);

/** The category of a buyer's message: as its channel says, else by what it is about. */
export function categoryOf(said: Category | undefined, about: { readonly kind: string } | undefined): Category {
  return said ?? (BOUGHT.has(about?.kind ?? '') ? 'order' : 'inquiry');
}
