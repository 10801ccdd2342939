import type { OwnLocale } from './localized.js';
import type { ActionPlan, StepPlan } from './plan.js';

/** What a graph says beside the definition's own names: headings, kinds of steps, verbs of actions. */
export type GraphWords = {
  readonly obligations: string;
  readonly rules: string;
  readonly chain: string;
  readonly otherwise: string;
  readonly kinds: Readonly<Record<Exclude<StepPlan['kind'], 'task'>, string>>;
  readonly tasks: Readonly<Record<Extract<StepPlan, { kind: 'task' }>['task'], string>>;
  readonly actions: Readonly<Record<ActionPlan['kind'], string>>;
  readonly clocks: Readonly<Record<'wall' | 'house', string>>;
};

const ACTIONS_EN = { notify: 'notify', set: 'set', send: 'send', reassign: 'reassign to', goto: 'go to' };
const ACTIONS_ZH = { notify: '通知', set: '设置', send: '发送', reassign: '改派到', goto: '转到' };
const ACTIONS_PT = { notify: 'avisar', set: 'definir', send: 'enviar', reassign: 'reatribuir a', goto: 'ir para' };

export const GRAPH_WORDS: Readonly<Record<OwnLocale, GraphWords>> = {
  en: {
    obligations: 'Obligations',
    rules: 'Rules, on every buyer message',
    chain: 'Escalation',
    otherwise: 'otherwise',
    kinds: {
      classify: 'classify',
      choose: 'choose',
      set: 'set',
      send: 'send',
      assign: 'assign',
      wait: 'wait',
      notify: 'notify',
      call: 'call',
      close: 'close',
    },
    tasks: { reply: 'a person answers', triage: 'a person sorts', form: 'a person fills in a form' },
    actions: ACTIONS_EN,
    clocks: { wall: 'wall clock', house: 'house clock' },
  },
  'zh-CN': {
    obligations: '义务',
    rules: '规则（每条买家消息）',
    chain: '升级链',
    otherwise: '否则',
    kinds: {
      classify: '分类',
      choose: '选择',
      set: '设置',
      send: '发送',
      assign: '分配',
      wait: '等待',
      notify: '通知',
      call: '调用',
      close: '关闭',
    },
    tasks: { reply: '人工回复', triage: '人工分诊', form: '人工填表' },
    actions: ACTIONS_ZH,
    clocks: { wall: '自然时钟', house: '工作时钟' },
  },
  'pt-BR': {
    obligations: 'Obrigações',
    rules: 'Regras, a cada mensagem do comprador',
    chain: 'Escalonamento',
    otherwise: 'senão',
    kinds: {
      classify: 'classificar',
      choose: 'escolher',
      set: 'definir',
      send: 'enviar',
      assign: 'atribuir',
      wait: 'esperar',
      notify: 'avisar',
      call: 'chamar',
      close: 'encerrar',
    },
    tasks: {
      reply: 'uma pessoa responde',
      triage: 'uma pessoa faz a triagem',
      form: 'uma pessoa preenche um formulário',
    },
    actions: ACTIONS_PT,
    clocks: { wall: 'relógio corrido', house: 'relógio útil' },
  },
};
