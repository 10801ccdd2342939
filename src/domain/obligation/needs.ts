import type { MetBy } from '../definition/plan.js';

/** Whether a message of this author, once the buyer can see it, meets an obligation that needs this. */
export function meets(author: 'automated' | 'human', needs: MetBy): boolean {
  return needs === 'message' || (needs === 'human_reply' && author === 'human');
}
