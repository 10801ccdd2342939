import type { Access, Answer } from './connector.js';

/** Whether a platform still tells us anything: `failing` = not if it goes on like this, `off` = not until somebody sets it again. */
export const PUSH_STATES = ['on', 'failing', 'off'] as const;
export type PushState = (typeof PUSH_STATES)[number];

/** Asking a platform whether it tells us anything. */
export type Pushes = {
  /** `absent` = it does not say, or in a word nobody here knows. */
  state(access: Access): Promise<Answer<PushState>>;
};
