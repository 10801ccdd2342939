import type { FileLimits } from '../channel/capabilities.js';
import { endingOf } from './kinds.js';
import type { FileKind } from './kinds.js';

/** A file as far as a channel's limits ask. */
export type MeasuredFile = {
  readonly mediaType: FileKind;
  /** Bytes. */
  readonly size: number;
};

/** Why a channel would not take files with a message; `index` = the first file at fault, null where it is all of them together. */
export type FileProblem = { readonly index: number | null; readonly detail: string };

/**
 * What stands in the way of sending files with one message.
 *
 * @param limits what the channel takes; undefined = no files
 * @param textLength of the text they go with, in UTF-16 units
 * @returns the first thing, or null
 */
export function checkFiles(
  files: readonly MeasuredFile[],
  limits: FileLimits | undefined,
  textLength = 0,
): FileProblem | null {
  if (files.length === 0) return null;
  if (limits === undefined) return { index: null, detail: 'The channel takes no files here.' };
  const { kinds, maxCount, maxBytes, maxTotalBytes, maxTextLength = Infinity } = limits;
  if (files.length > maxCount) return { index: null, detail: `At most ${maxCount} files; these are ${files.length}.` };
  const strange = files.findIndex(({ mediaType }) => !kinds.includes(mediaType));
  if (strange >= 0) return { index: strange, detail: `The channel takes ${kinds.map(endingOf).join(', ')}.` };
  const large = files.findIndex(({ size }) => size > maxBytes);
  if (large >= 0) return { index: large, detail: `At most ${maxBytes} bytes a file.` };
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total > maxTotalBytes)
    return { index: null, detail: `At most ${maxTotalBytes} bytes in all; these are ${total}.` };
  if (maxTextLength === 0 && textLength > 0)
    return {
      index: null,
      detail: 'A file goes without words here: give an empty text, and the words in an answer of their own.',
    };
  if (textLength > maxTextLength)
    return { index: null, detail: `At most ${maxTextLength} characters beside files; these are ${textLength}.` };
  return null;
}
