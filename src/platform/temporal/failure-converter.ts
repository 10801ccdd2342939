import { DefaultFailureConverter } from '@temporalio/common';

/**
 * What an error said, and where, travels as a payload, so that the codec seals it: the text of a failure may quote what it
 * failed on. The SDK loads this by its path, here and in the workflow bundle, and looks for this name.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
