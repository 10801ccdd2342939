/** Looks up what became of the inquiries that were sent. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Progress } from './show.mjs';

const OPEN_TASKS = '/v1/tasks?state=ready&state=offered&state=claimed&state=awaiting_approval';

/**
 * Waits until every inquiry is classified, acknowledged and in somebody's hands, or until time is up, and tells how each
 * stands then.
 */
export async function follow(client, inquiries, sent, { withinMs }) {
  const until = Date.now() + withinMs;
  const progress = new Progress('acknowledged and with somebody', inquiries.length);
  for (;;) {
    const results = await look(client, inquiries, sent);
    const settled = results.filter(
      (result) => result.acknowledged > 0 && result.intent !== null && result.taskState !== null,
    );
    progress.show(settled.length);
    if (settled.length === inquiries.length || Date.now() > until) return results;
    await sleep(500);
  }
}

/** How each inquiry stands now. */
export async function look(client, inquiries, sent) {
  const ids = new Set(sent.flatMap(({ accepted }) => accepted.map((one) => one.inquiryId)));
  const rows = await client.all('supervisor', '/v1/inquiries');
  const tasks = await client.all('supervisor', OPEN_TASKS);
  const { items: received } = await client.get(null, '/demo/outbox');
  const rowOf = new Map(rows.filter(({ id }) => ids.has(id)).map((row) => [row.id, row]));
  const taskOf = new Map(tasks.map((task) => [task.inquiry.id, task]));
  return inquiries.map((inquiry, index) => {
    const accepted = sent[index]?.accepted ?? [];
    const row = rowOf.get(accepted[0]?.inquiryId);
    const task = taskOf.get(row?.id);
    const answers = received.filter(({ data }) => data.conversationId === inquiry.conversationId);
    return {
      id: row?.id ?? null,
      text: inquiry.messages[0].text,
      expected: inquiry.expect,
      language: row?.language ?? null,
      intent: row?.intent ?? null,
      urgency: row?.urgency ?? null,
      state: row?.state ?? null,
      queue: row?.queue ?? null,
      taskState: task?.state ?? null,
      offeredTo: task?.holder?.name ?? task?.assignee?.name ?? null,
      acknowledged: answers.filter(({ data }) => data.author === 'automated').length,
      answers: answers.filter(({ data }) => data.author === 'human').length,
      inquiries: new Set(accepted.map((one) => one.inquiryId)).size,
      errors: sent[index]?.errors ?? [],
    };
  });
}

/**
 * What must not be: messages that were accepted and are not there, or are there twice; inquiries that are there twice;
 * buyers nobody acknowledged, or who were acknowledged or answered twice.
 */
export async function faults(client, inquiries, results) {
  const found = [];
  for (const [index, result] of results.entries()) {
    const name = `inquiry ${index + 1}`;
    for (const error of result.errors) found.push(`${name}: a message was not accepted (${error})`);
    if (result.id === null) {
      found.push(`${name}: lost`);
      continue;
    }
    if (result.inquiries > 1) found.push(`${name}: ${result.inquiries} inquiries for one conversation`);
    const messages = await client.all('supervisor', `/v1/inquiries/${result.id}/messages`);
    const texts = messages.filter(({ direction }) => direction === 'in').map(({ text }) => text);
    const wanted = inquiries[index].messages.map(({ text }) => text);
    if (JSON.stringify(texts) !== JSON.stringify(wanted)) {
      found.push(`${name}: ${wanted.length} messages were sent and ${texts.length} are there`);
    }
    if (result.acknowledged !== 1) found.push(`${name}: acknowledged ${result.acknowledged} times`);
    if (result.answers > 1) found.push(`${name}: answered ${result.answers} times`);
  }
  return found;
}
