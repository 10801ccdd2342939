/** What a notice is about, as far as a mail may say it: codes, numbers and names of the tenant's own things, nothing a buyer wrote. */
export type LetterNotice = {
  readonly kind: string;
  readonly urgent: boolean;
  /** Number by which people speak of the inquiry; null = it is about none. */
  readonly inquiry: string | null;
  readonly shop: string | null;
  readonly obligation: string | null;
  /** Until when that has to be met (epoch ms), where it is open. */
  readonly deadline: number | null;
  /** Rule or step it comes from. */
  readonly origin: string | null;
  /** The migration it tells the end of, with the inquiries that moved and those that stayed. */
  readonly migration: LetterMigration | null;
};

export type LetterMigration = {
  readonly definition: string;
  readonly to: number;
  readonly migrated: number;
  readonly blocked: number;
};

export const LETTER_LANGUAGES = ['en', 'zh-CN', 'pt-BR'] as const;
export type LetterLanguage = (typeof LETTER_LANGUAGES)[number];

export type Letter = { readonly language: LetterLanguage; readonly subject: string; readonly text: string };

/** Kinds of notices that have words of their own. */
export const LETTER_KINDS = [
  'escalation',
  'approval_requested',
  'approval_returned',
  'event_failed',
  'authorisation_lost',
  'authorisation_ending',
  'migration_ended',
  'migration_incomplete',
] as const;
type LetterKind = (typeof LETTER_KINDS)[number];

type Words = {
  readonly urgent: string;
  readonly obligations: Readonly<Record<string, string>>;
  /** First lines by the kind of notice; any other one is `escalation`. */
  readonly kinds: Readonly<Record<LetterKind, string>>;
  readonly inquiry: string;
  readonly shop: string;
  readonly clock: string;
  readonly due: string;
  readonly origin: string;
  readonly definition: string;
  readonly migrated: string;
  readonly blocked: string;
  readonly footer: string;
};

const WORDS: Readonly<Record<LetterLanguage, Words>> = {
  en: {
    urgent: 'Urgent',
    obligations: {
      acknowledge: 'acknowledgement',
      first_response: 'first answer',
      next_response: 'next answer',
      platform_response: 'answer the platform expects',
      resolution: 'resolution',
    },
    kinds: {
      escalation: 'An inquiry needs you',
      approval_requested: 'An answer waits for your approval',
      approval_returned: 'Your answer came back from approval',
      event_failed: 'An inquiry cannot go on by itself',
      authorisation_lost: 'A shop has to be authorised again',
      authorisation_ending: 'The authorisation of a shop ends within days',
      migration_ended: 'A migration has ended',
      migration_incomplete: 'A migration has ended, and some inquiries stayed where they were',
    },
    inquiry: 'Inquiry',
    shop: 'Shop',
    clock: 'Clock',
    due: 'Due',
    origin: 'Comes from',
    definition: 'Definition',
    migrated: 'Inquiries moved',
    blocked: 'Inquiries that stayed',
    footer: 'Open it in Atende. Nobody reads answers to this mail.',
  },
  'zh-CN': {
    urgent: '紧急',
    obligations: {
      acknowledge: '确认收到',
      first_response: '首次回复',
      next_response: '后续回复',
      platform_response: '平台要求的回复',
      resolution: '解决',
    },
    kinds: {
      escalation: '有询单需要您处理',
      approval_requested: '有回复等待您审批',
      approval_returned: '您的回复被审批退回',
      event_failed: '有询单无法自动继续',
      authorisation_lost: '有店铺需要重新授权',
      authorisation_ending: '有店铺的授权将在数日内到期',
      migration_ended: '迁移已完成',
      migration_incomplete: '迁移已结束，部分询单未能迁移',
    },
    inquiry: '询单',
    shop: '店铺',
    clock: '时钟',
    due: '截止',
    origin: '来源',
    definition: '流程定义',
    migrated: '已迁移的询单',
    blocked: '未迁移的询单',
    footer: '请在 Atende 中打开。此邮件的回复无人查看。',
  },
  'pt-BR': {
    urgent: 'Urgente',
    obligations: {
      acknowledge: 'confirmação de recebimento',
      first_response: 'primeira resposta',
      next_response: 'próxima resposta',
      platform_response: 'resposta exigida pela plataforma',
      resolution: 'solução',
    },
    kinds: {
      escalation: 'Um atendimento precisa de você',
      approval_requested: 'Uma resposta aguarda a sua aprovação',
      approval_returned: 'A sua resposta voltou da aprovação',
      event_failed: 'Um atendimento não consegue prosseguir sozinho',
      authorisation_lost: 'Uma loja precisa ser autorizada de novo',
      authorisation_ending: 'A autorização de uma loja termina em poucos dias',
      migration_ended: 'Uma migração terminou',
      migration_incomplete: 'Uma migração terminou, e alguns atendimentos ficaram onde estavam',
    },
    inquiry: 'Atendimento',
    shop: 'Loja',
    clock: 'Relógio',
    due: 'Prazo',
    origin: 'Origem',
    definition: 'Definição',
    migrated: 'Atendimentos migrados',
    blocked: 'Atendimentos que ficaram',
    footer: 'Abra-o no Atende. Ninguém lê respostas a este e-mail.',
  },
};

/** Writes the mail that carries a notice, in the first language of its reader that there is, else in English. */
export function noticeLetter(languages: readonly string[], notice: LetterNotice): Letter {
  const language = languageFor(languages);
  const words = WORDS[language];
  const { obligation, deadline, migration } = notice;
  const headline = words.kinds[notice.kind as LetterKind] ?? words.kinds.escalation;
  const lines = [
    [words.inquiry, notice.inquiry],
    [words.shop, notice.shop],
    [words.clock, obligation === null ? null : (words.obligations[obligation] ?? obligation)],
    [words.due, deadline === null ? null : instantIn(language, deadline)],
    [words.origin, notice.origin],
    [words.definition, migration === null ? null : `${migration.definition}, ${migration.to}`],
    [words.migrated, migration === null ? null : String(migration.migrated)],
    [words.blocked, migration === null ? null : String(migration.blocked)],
  ];
  const told = lines.flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]));
  const marks = [notice.urgent ? `[${words.urgent}] ` : '', notice.inquiry === null ? '' : ` · ${notice.inquiry}`];
  return {
    language,
    subject: `${marks[0]}${headline}${marks[1]}`,
    text: [`${headline}.`, '', ...told, '', words.footer, ''].join('\n'),
  };
}

function languageFor(languages: readonly string[]): LetterLanguage {
  const base = (tag: string): string => tag.split('-')[0] ?? '';
  const known = languages.map((tag) => LETTER_LANGUAGES.find((one) => base(one) === base(tag)));
  return known.find((one) => one !== undefined) ?? 'en';
}

/** A mail does not know where its reader is: the zone stands beside the time. */
function instantIn(language: LetterLanguage, at: number): string {
  const format = new Intl.DateTimeFormat(language, { timeZone: 'UTC', dateStyle: 'medium', timeStyle: 'short' });
  return `${format.format(at)} UTC`;
}
