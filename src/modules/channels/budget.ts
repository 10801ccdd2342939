/**
 * What a platform lets an application ask of it. Every request asks here first; what is left of a minute is shared by all processes.
 * Groups are the platform's: endpoints that are counted together.
 */
export type Budget = {
  /**
   * Takes one request.
   *
   * @param urgent somebody waits for a message to go out: reading leaves them a part of what there is
   * @returns null when it may be made, otherwise the ms until it is worth asking again
   */
  take(group: string, urgent: boolean): Promise<number | null>;
  /** The platform has said that it is too much: nobody asks for this many ms. */
  pause(group: string, ms: number): Promise<void>;
};
