import { ApplicationFailure } from '@temporalio/activity';
import { databaseErrorCode } from '../platform/database/index.js';

/** Does an activity's work. A failure carries a code and nothing else: what an error says may quote what it failed on. */
export async function inCodes<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = databaseErrorCode(error);
    throw ApplicationFailure.create({ type: code, message: code });
  }
}
