import { isIP } from 'node:net';
import { z } from 'zod';

/** How the text of a variable is checked and converted, and what to do when it is wrong. */
export type Variable = { readonly schema: z.ZodType; readonly remedy: string };

/** The checked values of those of some variables that are set. */
export type ValuesOf<Variables extends Readonly<Record<string, Variable>>> = {
  readonly [Name in keyof Variables]?: z.output<Variables[Name]['schema']> | undefined;
};

export const port = z.coerce.number().int().min(0).max(65_535);
export const perMinute = z.coerce.number().int().min(1).max(10_000_000);
export const milliseconds = z.coerce.number().int().min(100).max(600_000);
export const boolean = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');

/** A list separated by commas; spaces around the items are ignored. */
export const list = (item: (text: string) => boolean): z.ZodType<readonly string[]> =>
  z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .refine((items) => items.every(item));

/** Whether the text is an IP address or a CIDR block. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

/** Whether the text is a host name and no address. */
export const isHost = (text: string): boolean =>
  /^(?!\d+(\.\d+)*$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_-]+)*$/.test(text);
/** An address of a server, without path. */
export const origin = z.string().refine((text) => /^https?:/.test(text) && URL.parse(text)?.origin === text);
