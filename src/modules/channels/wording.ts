/** Whether two texts say the same: platforms end lines their own way and cut blanks. */
export function isSameText(left: string | null | undefined, right: string): boolean {
  const plain = (text: string): string => text.normalize('NFC').replace(/\s+/g, ' ').trim();
  return left !== null && left !== undefined && plain(left) === plain(right);
}

/** A platform's word as a code that is safe to keep. */
export function reasonOf(word: string): string {
  return word
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .slice(0, 64);
}
