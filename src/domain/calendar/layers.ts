import type { CalendarException, CalendarLayer, CalendarSpec, LayerKind } from './types.js';

/** From what yields to what prevails: a later one replaces the days of an earlier one. */
export const LAYER_KINDS: readonly LayerKind[] = ['national', 'state', 'municipal', 'optional', 'house'];

/** A layer with its place in the spec; the exceptions of the calendar itself are its last layer, without a name. */
export type PlacedLayer = Pick<CalendarLayer, 'exceptions'> & {
  readonly name: string | null;
  readonly from: string | null;
  /** JSON pointer of its exceptions. */
  readonly pointer: string;
};

/**
 * The layers of a calendar in the order in which they replace each other's days: by kind, of one kind as they are listed,
 * then the calendar's own exceptions.
 */
export function layersInOrder(spec: CalendarSpec): readonly PlacedLayer[] {
  const placed = (spec.layers ?? []).map((layer, index) => ({ layer, pointer: `/layers/${index}/exceptions` }));
  const byKind = LAYER_KINDS.flatMap((kind) => placed.filter(({ layer }) => layer.kind === kind));
  const own = { exceptions: spec.exceptions, name: null, from: null, pointer: '/exceptions' };
  return [
    ...byKind.map(({ layer: { exceptions, name, from = null }, pointer }) => ({ exceptions, name, from, pointer })),
    own,
  ];
}

/** Whether a layer speaks for a date: dates of this form compare as texts. */
export function isInForce(layer: PlacedLayer, { date }: CalendarException): boolean {
  return layer.from === null || date >= layer.from;
}
