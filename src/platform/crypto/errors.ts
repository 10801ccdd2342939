/** Whose key seals a value: the tenant's own, that of one person, or that of one case of theirs. */
export type Owner = 'tenant' | { readonly subject: string } | { readonly case: string };

/** An owner as one word, for example `case:<id>`. */
export function ownerName(owner: Owner): string {
  if (owner === 'tenant') return 'tenant';
  return 'case' in owner ? `case:${owner.case}` : `subject:${owner.subject}`;
}

/** The key was destroyed on purpose: what it sealed is gone for good, and a reader shows a tombstone. */
export class Erased extends Error {
  constructor(owner: Owner) {
    super(`The key of ${ownerName(owner)} has been destroyed`);
    this.name = 'Erased';
  }
}

/** There is no such key, and never was one: a defect, or a keyring that does not belong to this database. */
export class KeyMissing extends Error {
  /** @param what whose key, in words */
  constructor(what: string) {
    super(`There is no key of ${what}`);
    this.name = 'KeyMissing';
  }
}

/**
 * A key this transaction relied on was destroyed or replaced meanwhile. Carries the SQLSTATE of a serialization failure, so
 * that the transaction is taken again with fresh keys.
 */
export class StaleKey extends Error {
  readonly code = '40001';

  constructor(what: string) {
    super(`The key of ${what} is no longer in use`);
    this.name = 'StaleKey';
  }
}

/** A legal hold keeps the key from being destroyed. */
export class KeyHeld extends Error {
  constructor() {
    super('A legal hold keeps the key');
    this.name = 'KeyHeld';
  }
}
