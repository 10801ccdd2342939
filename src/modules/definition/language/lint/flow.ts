import type { StepDocument } from '../schema/steps.js';
import { sendsOf, stepsOf } from '../walk.js';
import { Graph, messageEdges, outcomesOf, rests } from './graph.js';
import type { Edge } from './graph.js';
import type { Report } from './report.js';

function checkReachable(report: Report, graph: Graph): void {
  const reachable = graph.reachable();
  for (const { path, step } of stepsOf(report.document)) {
    if (reachable.has(step.id)) continue;
    report.add('unreachable_step', path, `no step leads to "${step.id}"`, 'Lead a step to it, or remove it.');
  }
}

/** A rest or a call that leads nowhere is `outcome_not_handled`; any other last step is told here. */
function checkClose(report: Report, graph: Graph): void {
  const closes = [...graph.reachable()].some((id) => graph.steps.get(id)?.close);
  if (!closes) {
    const remedy = 'Add a close step and lead a step to it.';
    report.addWhole('no_close', ['steps'], 'no inquiry can reach a close step', remedy);
  }
  const last = stepsOf(report.document).at(-1);
  if (!last || rests(last.step) || last.step.call) return;
  if (last.step.close || graph.edges(last.step.id).every(({ to }) => to !== null)) return;
  const message = `"${last.step.id}" is the last step and leads nowhere`;
  report.add('no_close', last.path, message, 'Give it a goto, or end the list with a close step.');
}

/** The ways the token takes without waiting for anybody. */
const automatic = (graph: Graph) => {
  return (step: StepDocument): readonly Edge[] => (rests(step) ? [] : graph.edges(step.id));
};

function checkLoops(report: Report, graph: Graph): void {
  const follow = automatic(graph);
  const told = new Set<string>();
  for (const { path, step } of stepsOf(report.document)) {
    if (told.has(step.id) || rests(step)) continue;
    const ahead = graph.reach(graph.targets(step.id), follow);
    if (!ahead.has(step.id)) continue;
    for (const id of ahead) if (graph.reach([id], follow).has(step.id)) told.add(id);
    const message = `the steps from "${step.id}" lead back to it without waiting for anybody`;
    report.add('loop_without_wait', path, message, 'Put a task or a wait into the loop, or lead it out.');
  }
}

/** After a send, only what the buyer's next message can bring about counts: a wait for it ends with `message`. */
function checkPathToPerson(report: Report, graph: Graph): void {
  const reachable = graph.reachable();
  const follow = (step: StepDocument): readonly Edge[] =>
    step.wait && outcomesOf(step).includes('message') ? messageEdges(graph, step) : graph.edges(step.id);
  for (const { path, stepId } of sendsOf(report.document)) {
    if (stepId !== null && !reachable.has(stepId)) continue;
    const ahead = stepId === null ? reachable : graph.reach(graph.targets(stepId), follow);
    if ([...ahead].some((id) => graph.steps.get(id)?.task)) continue;
    const message = "after this automated message the buyer's next message reaches no person";
    report.add('no_path_to_person', path, message, 'Lead the steps after it, or its wait on message, to a task.');
  }
}

function checkRepeatedSends(report: Report, graph: Graph): void {
  const follow = (step: StepDocument): readonly Edge[] => messageEdges(graph, step);
  for (const { path, send, stepId, cause } of sendsOf(report.document)) {
    if (send.once !== false || cause === 'level') continue;
    const again = stepId === null || graph.reach(graph.targets(stepId), follow).has(stepId);
    if (!again) continue;
    const message = "this message is sent again for each of the buyer's messages; two machines would never stop";
    report.add('auto_reply_loop', [...path, 'once'], message, 'Use once: inquiry or once: closed_period.');
  }
}

function checkRuleJumps(report: Report, graph: Graph): void {
  for (const [index, rule] of (report.document.rules ?? []).entries()) {
    for (const [position, { goto }] of rule.do.entries()) {
      const ahead = goto === undefined ? [] : [...graph.reach([goto], automatic(graph))];
      const endless = ahead.find((id) => graph.steps.get(id)?.send?.once === false);
      if (endless === undefined) continue;
      const message = `each message that matches leads to "${endless}", which sends without limit`;
      const path = ['rules', index, 'do', position, 'goto'];
      report.add('auto_reply_loop', path, message, `Give the send of "${endless}" once: inquiry or closed_period.`);
    }
  }
}

/** The ways of the token: what cannot be reached, what never ends, what never reaches a person. */
export function checkFlow(report: Report): void {
  const graph = new Graph(report.document);
  checkReachable(report, graph);
  checkClose(report, graph);
  checkLoops(report, graph);
  checkPathToPerson(report, graph);
  checkRepeatedSends(report, graph);
  checkRuleJumps(report, graph);
}
