/** Lets the demo's two agents work: take what bites first, answer it, until nothing is left; their supervisor approves. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Progress } from './show.mjs';
import { Refused } from './client.mjs';

const AGENTS = ['agent', 'agent2'];
const SUPERVISOR = 'supervisor';

const ANSWERS = {
  'pt-BR': 'Olá! Já verifiquei para você e está tudo certo. Qualquer dúvida, é só responder por aqui.',
  es: '¡Hola! Ya lo revisé y está todo en orden. Si tiene alguna duda, responda por aquí.',
  en: 'Hello! I have checked this for you and everything is in order. Just reply here if you need anything else.',
  'zh-CN': '您好！我已经为您核实，一切正常。如有其他问题，请直接在这里回复。',
};

/** An end of a task by each kind; the fields are what the task says it needs. */
const ENDS = {
  reply: (task) => ({ action: 'send', text: ANSWERS[task.inquiry.language] ?? ANSWERS['pt-BR'] }),
  rewrite: (task) => ({ action: 'send', text: ANSWERS[task.inquiry.language] ?? ANSWERS['pt-BR'] }),
  triage: (task) => ({
    action: 'done',
    intent: task.inquiry.intent ?? 'other',
    urgency: task.inquiry.urgency,
    queue: task.queue,
  }),
  confirm_delivery: () => ({ action: 'delivered' }),
  approve: ({ textHash }) => ({ action: 'approve', textHash }),
};

/** Both agents take and complete tasks side by side; returns how many each completed, and what was refused. */
export async function answerAll(client, expected) {
  const progress = new Progress('answered', expected);
  const done = Object.fromEntries(AGENTS.map((agent) => [agent, 0]));
  const refused = [];
  const work = async (agent) => {
    for (let idle = 0; idle < 3;) {
      const task = await client.post(agent, '/v1/tasks/next');
      if (task === null) {
        idle += 1;
        await sleep(300);
        continue;
      }
      idle = 0;
      try {
        await complete(client, agent, task);
        done[agent] += 1;
        progress.show(Math.min(expected, done.agent + done.agent2));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        refused.push(`${task.kind} ${task.id}: ${error.message}`);
      }
    }
  };
  await Promise.all(AGENTS.map(work));
  const approved = await approveAll(client, refused);
  return { done, approved, refused };
}

/** The supervisor agrees to every answer that waits for a second pair of eyes; returns how many there were. */
async function approveAll(client, refused) {
  const waiting = await client.all(SUPERVISOR, '/v1/tasks?kind=approve');
  let approved = 0;
  for (const { id } of waiting) {
    try {
      const { token, approval } = await client.post(SUPERVISOR, `/v1/tasks/${id}/claim`);
      const { textHash } = approval;
      await complete(client, SUPERVISOR, { id, token, kind: 'approve', textHash });
      approved += 1;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused.push(`approve ${id}: ${error.message}`);
    }
  }
  return approved;
}

async function complete(client, agent, task) {
  const end = ENDS[task.kind];
  if (end === undefined) throw new Refused(0, { code: 'kind_unknown', detail: task.kind });
  const answer = await client.post(agent, `/v1/tasks/${task.id}/complete`, { token: task.token, ...end(task) });
  if (answer?.state === 'pending' && answer.commandId !== undefined) await applied(client, agent, answer.commandId);
}

/** A command that was accepted while the workflow could not be reached is applied as soon as it can. */
async function applied(client, agent, commandId) {
  for (let attempt = 0; attempt < 120; attempt += 1) {
    const command = await client.get(agent, `/v1/commands/${commandId}`);
    if (command.state === 'applied') return;
    if (command.state === 'refused') throw new Refused(409, command.problem ?? {});
    await sleep(500);
  }
  throw new Refused(0, { code: 'pending', detail: 'the command was not applied within a minute' });
}
