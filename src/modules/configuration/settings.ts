import { z } from 'zod';
import { parseDuration } from '../../domain/definition/durations.js';

const SECOND_MS = 1_000;

/** A duration within bounds, both in ms and allowed. */
export const durationSetting = (least: number, most: number, example: string): z.ZodString =>
  z.string().refine(
    (text) => {
      const ms = parseDuration(text);
      return ms !== null && ms >= least && ms <= most;
    },
    `A duration such as ${example}, from ${least / SECOND_MS} s to ${most / SECOND_MS} s`,
  );

/** A duration setting in ms. */
export function settingMs(text: string): number {
  return parseDuration(text) ?? 0;
}

/** An address of the web without user name and password: it is shown to whoever may see the setting. */
export const urlSetting = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .refine((text) => {
    const url = URL.parse(text);
    return url !== null && url.username === '' && url.password === '';
  }, 'Without user name and password');
