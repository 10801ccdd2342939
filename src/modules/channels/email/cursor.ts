import { BOXES } from './boxes.js';
import type { Box } from './boxes.js';

/** Up to which mail a mailbox has been looked through, and under which `UIDVALIDITY` that number holds. */
export type Place = { readonly validity: string; readonly uid: number };

export type Cursor = Readonly<Partial<Record<Box, Place>>>;

/** A cursor as it is kept: `inbox:1005.12 sent:1004.3`. */
export function cursorText(cursor: Cursor): string {
  return BOXES.flatMap((box) => {
    const place = cursor[box];
    return place === undefined ? [] : [`${box}:${placeText(place)}`];
  }).join(' ');
}

/** What does not fit is left out: then the mailbox is looked through anew. */
export function cursorOf(text: string | null): Cursor {
  const places = (text ?? '').split(' ').flatMap((part): [Box, Place][] => {
    const [name, rest = ''] = part.split(':');
    const [box, place] = [BOXES.find((one) => one === name), placeOf(rest)];
    return box === undefined || place === null ? [] : [[box, place]];
  });
  return Object.fromEntries(places);
}

export function placeText({ validity, uid }: Place): string {
  return `${validity}.${uid}`;
}

export function placeOf(text: string): Place | null {
  const [, validity, uid] = /^(\d{1,20})\.(\d{1,10})$/.exec(text) ?? [];
  return validity === undefined ? null : { validity, uid: Number(uid) };
}
