/** The template an answer was made of. */
export type ReplyTemplate = {
  readonly key: string;
  /** 0 = the platform's own, which has none. */
  readonly version: number;
  /** The platform has approved the text, and takes it when it takes no free text any more. */
  readonly approved?: true;
};
