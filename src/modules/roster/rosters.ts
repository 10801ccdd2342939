import { refused } from '../../domain/configuration/refusals.js';
import type { RosterSpec } from '../../domain/roster/types.js';
import { validateRoster } from '../../domain/roster/validate.js';
import type { Tx } from '../../platform/database/index.js';
import { VersionedThings } from '../configuration/index.js';
import type { Configured, SpecPatch } from '../configuration/index.js';
import { RosterEntity, RosterVersionEntity } from './roster.entities.js';

export type ConfiguredRoster = Configured<RosterSpec>;

export type RosterPatch = SpecPatch<RosterSpec>;

/** Setting up the rosters of a tenant. A change is in force at once. */
export class Rosters extends VersionedThings<RosterSpec> {
  constructor() {
    super({ word: 'roster', things: RosterEntity, versions: RosterVersionEntity, faultOf });
  }
}

/** Refuses unknown members and calendars, and a roster that cannot be used. */
async function faultOf(tx: Tx, _key: string, spec: RosterSpec): Promise<ReturnType<typeof refused> | null> {
  const problems = validateRoster(spec);
  if (problems.length > 0) return refused('roster_invalid', { problems });
  const strangers = await unknownMembers(tx, spec);
  if (strangers.length > 0) return refused('member_unknown', { errors: strangers });
  const closed = await unknownCalendars(tx, spec);
  return closed.length > 0 ? refused('reference_unknown', { errors: closed }) : null;
}

type FieldError = { readonly pointer: string; readonly detail: string };

async function unknownMembers(tx: Tx, { shifts, swaps }: RosterSpec): Promise<FieldError[]> {
  const named = [
    ...shifts.flatMap(({ members }, shift) =>
      members.map((id, index) => ({ id, pointer: `/shifts/${shift}/members/${index}` })),
    ),
    ...swaps.flatMap(({ by }, index) => (by === null ? [] : [{ id: by, pointer: `/swaps/${index}/by` }])),
  ];
  const rows = await tx.query<{ id: string }>('select id from member where tenant_id = $1 and id = any($2)', [
    tx.tenantId,
    named.map(({ id }) => id),
  ]);
  const known = new Set(rows.map(({ id }) => id));
  return named.flatMap(({ id, pointer }) => (known.has(id) ? [] : [{ pointer, detail: `There is no member ${id}` }]));
}

async function unknownCalendars(tx: Tx, { shifts }: RosterSpec): Promise<FieldError[]> {
  const keys = shifts.flatMap(({ calendar }) => calendar ?? []);
  const rows = await tx.query<{ key: string }>('select key from calendar where tenant_id = $1 and key = any($2)', [
    tx.tenantId,
    keys,
  ]);
  const known = new Set(rows.map(({ key }) => key));
  return shifts.flatMap(({ calendar }, index) =>
    calendar === null || known.has(calendar)
      ? []
      : [{ pointer: `/shifts/${index}/calendar`, detail: `There is no calendar "${calendar}"` }],
  );
}
