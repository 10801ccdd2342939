/** A template is one message; the longest channel takes a quarter of this. UTF-8 bytes. */
export const MAX_SOURCE_BYTES = 8_192;

/**
 * Tags (`{{`) in a template. Reading and compiling cost about 0.1 ms a tag, so this is what keeps the first rendering of
 * any template short; a message needs a fifth of it.
 */
export const MAX_TAGS = 100;

/** UTF-8 bytes of a rendered text. */
export const MAX_OUTPUT_BYTES = 16_384;

/** Blocks inside blocks. */
export const MAX_DEPTH = 4;

/** Items of a list; a longer one refuses the rendering. */
export const MAX_ITEMS = 50;

/**
 * Statements a rendering may execute, those inside `each` counted once per possible item. With `MAX_VALUE` it bounds the
 * time of any allowed template by construction (a few milliseconds), so no rendering has to be interrupted.
 */
export const MAX_STATEMENTS = 4_000;

/** UTF-16 units of one inserted value; names and titles are shorter, the rest is cut off. */
export const MAX_VALUE = 500;
