/** A text in the languages of the people who run shops. */
export type Told = { readonly en: string; readonly 'zh-CN': string; readonly 'pt-BR': string };

/** What is wrong with a shop's channel, and what to do about it. */
export type Trouble = { readonly text: Told; readonly remedy: Told };

const told = (en: string, zh: string, pt: string): Told => ({ en, 'zh-CN': zh, 'pt-BR': pt });

const WAIT = told(
  'Nothing to do: it is tried again by itself, and nothing is lost.',
  '无需处理：系统会自动重试，不会丢失任何内容。',
  'Nada a fazer: nova tentativa é automática, e nada se perde.',
);

/** Every trouble a shop's health can name. */
export const TROUBLES = {
  authorisation_missing: {
    text: told(
      'Nobody has opened the account of this shop to Atende yet.',
      '尚未授权 Atende 访问该店铺账号。',
      'Ninguém autorizou ainda o acesso do Atende à conta desta loja.',
    ),
    remedy: told(
      'Start the authorisation and agree on the platform as the administrator of the account.',
      '发起授权，并以账号管理员身份在平台上同意。',
      'Inicie a autorização e aceite na plataforma como administrador da conta.',
    ),
  },
  authorisation_lost: {
    text: told(
      'The platform no longer accepts our access: it ended, was revoked, or its renewal got lost.',
      '平台不再接受我们的访问授权：已到期、被撤销或续期结果丢失。',
      'A plataforma não aceita mais o nosso acesso: expirou, foi revogado ou a renovação se perdeu.',
    ),
    remedy: told(
      'Authorise the shop again. Messages wait until then and are caught up afterwards.',
      '请重新授权店铺。消息会等待，并在授权后补齐。',
      'Autorize a loja de novo. As mensagens esperam e são recuperadas depois.',
    ),
  },
  credentials_missing: {
    text: told(
      'Nobody has given what this shop reaches its platform with.',
      '尚未提供该店铺连接平台所需的凭据。',
      'Ninguém informou ainda as credenciais desta loja para a plataforma.',
    ),
    remedy: told(
      'Give them: PUT /v1/shops/{id}/credentials, as docs/channels says for the channel.',
      '请提供凭据：PUT /v1/shops/{id}/credentials，各渠道说明见 docs/channels。',
      'Informe-as: PUT /v1/shops/{id}/credentials, como descrito em docs/channels para o canal.',
    ),
  },
  credentials_lost: {
    text: told(
      'The platform no longer accepts the credentials of this shop: a password or token was changed or withdrawn.',
      '平台不再接受该店铺的凭据：密码或令牌已更改或被撤销。',
      'A plataforma não aceita mais as credenciais desta loja: uma senha ou um token foi trocado ou revogado.',
    ),
    remedy: told(
      'Give new ones. Messages wait until then and are caught up afterwards.',
      '请提供新的凭据。消息会等待，并在之后补齐。',
      'Informe novas credenciais. As mensagens esperam e são recuperadas depois.',
    ),
  },
  forbidden: {
    text: told(
      'The platform does not let our application do that.',
      '平台不允许我们的应用执行该操作。',
      'A plataforma não permite isso à nossa aplicação.',
    ),
    remedy: told(
      'Check the permissions of the application on the platform, whether it is blocked, and its list of addresses.',
      '请在平台上检查应用的权限、是否被封禁以及 IP 白名单。',
      'Verifique na plataforma as permissões da aplicação, se está bloqueada e a lista de endereços.',
    ),
  },
  rate_limited: {
    text: told(
      'The platform asked us to slow down.',
      '平台要求我们降低请求频率。',
      'A plataforma pediu para reduzir o ritmo.',
    ),
    remedy: WAIT,
  },
  unreachable: {
    text: told('The platform could not be reached.', '无法连接平台。', 'Não foi possível alcançar a plataforma.'),
    remedy: WAIT,
  },
  platform_error: {
    text: told(
      'The platform answered with an error of its own.',
      '平台返回了内部错误。',
      'A plataforma respondeu com um erro próprio.',
    ),
    remedy: WAIT,
  },
  answer_unreadable: {
    text: told(
      'The platform said something nobody here understands; it was put into quarantine.',
      '平台返回了无法识别的内容，已放入隔离区。',
      'A plataforma respondeu algo que não entendemos; foi para a quarentena.',
    ),
    remedy: told(
      'Look into the quarantine; replay it once the platform or Atende has been put right.',
      '请查看隔离区，待平台或 Atende 修复后重新处理。',
      'Veja a quarentena e processe de novo depois da correção na plataforma ou no Atende.',
    ),
  },
} as const satisfies Readonly<Record<string, Trouble>>;

export type TroubleCode = keyof typeof TROUBLES;

/** The trouble behind a code of a connector, which may be the platform's or the network's own word. */
export function troubleOf(code: string): TroubleCode {
  if (Object.hasOwn(TROUBLES, code)) return code as TroubleCode;
  if (code === 'rate_budget') return 'rate_limited';
  if (code === 'token_invalid' || code === 'refreshing') return 'platform_error';
  return code.startsWith('http_') ? 'platform_error' : 'unreachable';
}
