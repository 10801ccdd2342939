/** How a member can be told: inside Atende, by mail to their own address, at an outside system of the tenant's. */
export const MEANS = ['in_app', 'email', 'webhook'] as const;
export type Means = (typeof MEANS)[number];

/** Means that leave the database, and so may fail. */
export type OutsideMeans = Exclude<Means, 'in_app'>;

/** By which means a member can be told at all: they have an address, somebody listens. */
export type MemberReach = Readonly<Record<OutsideMeans, boolean>>;

/** Those of the means by which a member can be told; who is unknown can be told inside Atende only. */
export function meansFor(reach: MemberReach | null, means: readonly Means[]): readonly Means[] {
  return means.filter((one) => one === 'in_app' || reach?.[one] === true);
}

/** The means of a list that leave the database. */
export function outsideMeans(means: readonly Means[]): readonly OutsideMeans[] {
  return means.filter((one) => one !== 'in_app');
}
