/** What a person can do with a task of each kind, and what each action needs (api.md, "Tasks"). */
export type TaskAction = {
  readonly name: 'send' | 'not_needed' | 'hand_over' | 'done' | 'delivered' | 'not_delivered';
  /** Members the call must carry beside the token; `a|b` = one of them. */
  readonly needs: readonly string[];
};

const HAND_OVER: TaskAction = { name: 'hand_over', needs: ['to'] };
const WRITING: readonly TaskAction[] = [
  { name: 'send', needs: ['text|template'] },
  { name: 'not_needed', needs: ['reason'] },
  HAND_OVER,
];

const ACTIONS: Readonly<Record<string, readonly TaskAction[]>> = {
  reply: WRITING,
  rewrite: WRITING,
  triage: [{ name: 'done', needs: ['intent', 'urgency', 'queue'] }, HAND_OVER],
  confirm_delivery: [{ name: 'delivered', needs: [] }, { name: 'not_delivered', needs: [] }, HAND_OVER],
};

/** Actions that complete or pass on a task of a kind; none for a kind nobody completes yet. */
export function actionsOf(kind: string): readonly TaskAction[] {
  return ACTIONS[kind] ?? [];
}
