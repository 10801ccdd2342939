import type { Course } from './course.js';

/** The approval became pointless: what was handed in will not happen. The task it was handed in with is the caller's to end. */
export function withdrawApproval(course: Course, cause: string): void {
  const { approval } = course.state;
  if (approval === null) return;
  if (approval.what.kind === 'reply') course.effect({ do: 'withdraw_send', send: approval.what.send });
  const task = course.state.tasks.find(({ key }) => key === approval.task);
  if (task !== undefined) {
    course.effect({ do: 'end_task', task: task.key, as: 'superseded', outcome: cause, memberId: null });
  }
  course.set({
    approval: null,
    pendingForm: null,
    tasks: course.state.tasks.filter(({ key }) => key !== approval.task),
  });
  course.record('approval.withdrawn', { task: approval.task, cause });
}
