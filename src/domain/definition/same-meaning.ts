/** Whether two parts of plans say the same, whatever the order of their members and wherever they are written. */
export function saysTheSame(left: unknown, right: unknown): boolean {
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return left === right;
  if (Array.isArray(left) !== Array.isArray(right)) return false;
  const [own, other] = [meaningful(left), new Map(meaningful(right))];
  return (
    own.length === other.size && own.every(([name, value]) => other.has(name) && saysTheSame(value, other.get(name)))
  );
}

/** The members of a part without `id`, by which expressions and actions tell where they are written. */
function meaningful(part: object): [string, unknown][] {
  return Object.entries(part).filter(([name]) => name !== 'id');
}
