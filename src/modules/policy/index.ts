export { PhrasePolicy } from './phrase-policy.js';
export type { PhrasePolicyState } from './phrase-policy.js';
export { PhrasePolicyEntity, PublishingPolicyEntity } from './policy.entities.js';
export { PublishingPolicy } from './publishing-policy.js';
export type { PublishingPolicyState } from './publishing-policy.js';
export { PolicyModule } from './policy.module.js';
export { TextPolicy } from './text-policy.js';
export type { OutgoingText } from './text-policy.js';
