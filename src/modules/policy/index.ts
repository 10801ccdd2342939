export { PhrasePolicy } from './phrase-policy.js';
export type { PhrasePolicyState } from './phrase-policy.js';
export { PhrasePolicyEntity } from './policy.entities.js';
export { PolicyModule } from './policy.module.js';
