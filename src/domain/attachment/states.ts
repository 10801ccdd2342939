import type { Told } from '../channel/troubles.js';

/**
 * What became of a file: `linked` = an address elsewhere that was sent as it is; `pending` = on its way to us; `gone` = it was there,
 * or would have been.
 */
export type AttachmentState = 'linked' | 'pending' | 'stored' | 'refused' | 'gone';

/** Why a file is not there, for those who look for it. */
export const REASONS = {
  empty: { en: 'The file is empty.', 'zh-CN': '文件为空。', 'pt-BR': 'O arquivo está vazio.' },
  too_large: {
    en: 'The file is larger than what is kept.',
    'zh-CN': '文件超过允许保存的大小。',
    'pt-BR': 'O arquivo é maior do que o permitido.',
  },
  kind_not_allowed: {
    en: 'Files of this kind are not kept; look at it on the platform, with care.',
    'zh-CN': '不保存此类文件；如需查看，请在平台上谨慎打开。',
    'pt-BR': 'Arquivos deste tipo não são guardados; veja na plataforma, com cuidado.',
  },
  damaged: {
    en: 'The file is damaged.',
    'zh-CN': '文件已损坏。',
    'pt-BR': 'O arquivo está danificado.',
  },
  address_not_allowed: {
    en: 'The file lies at an address that may not be reached from here; the operator can allow it.',
    'zh-CN': '文件所在地址不允许从此处访问；运维人员可以放行。',
    'pt-BR': 'O arquivo está em um endereço que não pode ser acessado daqui; o operador pode liberá-lo.',
  },
  redirected: {
    en: 'The address of the file leads to another one, which is not followed.',
    'zh-CN': '文件地址会跳转到其他地址，系统不会跟随跳转。',
    'pt-BR': 'O endereço do arquivo leva a outro, que não é seguido.',
  },
  access_denied: {
    en: 'The channel does not give us the file.',
    'zh-CN': '渠道不允许我们获取该文件。',
    'pt-BR': 'O canal não nos entrega o arquivo.',
  },
  unreachable: {
    en: 'The file could not be fetched, although it was tried for hours.',
    'zh-CN': '多次尝试数小时后仍无法获取该文件。',
    'pt-BR': 'Não foi possível buscar o arquivo, apesar de horas de tentativas.',
  },
  not_offered: {
    en: 'The channel gives no files.',
    'zh-CN': '该渠道不提供文件。',
    'pt-BR': 'O canal não fornece arquivos.',
  },
  gone_at_channel: {
    en: 'The channel does not have the file any more.',
    'zh-CN': '渠道上已没有该文件。',
    'pt-BR': 'O canal não tem mais o arquivo.',
  },
  unused: {
    en: 'No message carried the file in time; upload it again.',
    'zh-CN': '该文件未在期限内随消息发出；请重新上传。',
    'pt-BR': 'Nenhuma mensagem levou o arquivo a tempo; envie-o de novo.',
  },
  erased: { en: 'The file has been erased.', 'zh-CN': '文件已被删除。', 'pt-BR': 'O arquivo foi apagado.' },
} as const satisfies Readonly<Record<string, Told>>;

export type AttachmentReason = keyof typeof REASONS;

/** What a try to fetch a file came to. */
export type Fetched =
  | { readonly kind: 'refused'; readonly reason: AttachmentReason }
  /** The channel says that there is no such file; it may have one a little later. */
  | { readonly kind: 'absent' }
  /** Not now. */
  | { readonly kind: 'later'; readonly retryAfterMs: number | null };

/** What follows: the end of it, or another try. */
export type NextTry =
  | { readonly do: 'settle'; readonly state: 'refused' | 'gone'; readonly reason: AttachmentReason }
  | { readonly do: 'again'; readonly pauseMs: number };

/** A channel may show a file a little later than the message it came with. */
const ABSENT_TRIES = 5;
/** With the pauses below: some eight hours. */
const MOST_TRIES = 24;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30 * 60_000;

/**
 * What to do about a file that was not fetched.
 *
 * @param tries how often it has been tried, this time included
 * @param chance a number in [0, 1) drawn by the caller
 */
export function afterTry(outcome: Fetched, tries: number, chance: number): NextTry {
  if (outcome.kind === 'refused') return { do: 'settle', state: 'refused', reason: outcome.reason };
  if (outcome.kind === 'absent' && tries >= ABSENT_TRIES)
    return { do: 'settle', state: 'gone', reason: 'gone_at_channel' };
  if (tries >= MOST_TRIES) return { do: 'settle', state: 'refused', reason: 'unreachable' };
  const full = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries - 1, 20));
  const retryAfterMs = outcome.kind === 'later' ? (outcome.retryAfterMs ?? 0) : 0;
  return { do: 'again', pauseMs: Math.max(retryAfterMs, full / 2 + chance * (full / 2)) };
}
