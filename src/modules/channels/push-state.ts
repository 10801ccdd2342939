import type { PushState } from '../../domain/channel/untold.js';
import type { Access, Answer } from './connector.js';

/** Asking a platform whether it tells us anything. */
export type Pushes = {
  /** `absent` = it does not say, or in a word nobody here knows. */
  state(access: Access): Promise<Answer<PushState>>;
};
