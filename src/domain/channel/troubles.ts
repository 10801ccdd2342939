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
  authorisation_ending: {
    text: told(
      'The platform says that our access ends within days.',
      '平台提示：我们的访问授权将在数日内到期。',
      'A plataforma avisa que o nosso acesso termina em poucos dias.',
    ),
    remedy: told(
      'Authorise the shop again before then; nothing stops meanwhile.',
      '请在到期前重新授权店铺；在此之前一切照常。',
      'Autorize a loja de novo antes disso; até lá, nada para.',
    ),
  },
  beside_lost: {
    text: told(
      'The platform no longer accepts our access to its interface; mails come and go as before.',
      '平台不再接受我们对其接口的访问授权；邮件收发不受影响。',
      'A plataforma não aceita mais o nosso acesso à interface dela; os e-mails seguem como antes.',
    ),
    remedy: told(
      'Authorise the shop again. Until then there are no typed messages and no orders beside conversations.',
      '请重新授权店铺。在此之前无法发送类型化消息，会话旁也不显示订单。',
      'Autorize a loja de novo. Até lá não há mensagens por tipo nem pedidos ao lado das conversas.',
    ),
  },
  sender_unproven: {
    text: told(
      'The server of the mailbox does not say whether mails of the platform are genuine, so they wait.',
      '邮箱服务器未说明平台邮件是否真实，因此这些邮件处于等待状态。',
      'O servidor da caixa não diz se os e-mails da plataforma são autênticos; por isso, eles esperam.',
    ),
    remedy: told(
      'Compare authservId with the first word of Authentication-Results in such a mail, and give the credentials again.',
      '请将 authservId 与此类邮件的 Authentication-Results 首个词核对，并重新提供凭据。',
      'Compare authservId com a primeira palavra de Authentication-Results num desses e-mails e informe as credenciais de novo.',
    ),
  },
  application_refused: {
    text: told(
      'The platform does not take requests of our application: its key, its state or its permissions are wrong.',
      '平台拒绝我们应用的请求：密钥、状态或权限有误。',
      'A plataforma recusa as chamadas da nossa aplicação: chave, situação ou permissões estão erradas.',
    ),
    remedy: told(
      'Compare key and permissions of the application with the console of the platform. Everything waits until then.',
      '请在平台控制台核对应用的密钥和权限。在此之前一切都会等待。',
      'Confira no console da plataforma a chave e as permissões da aplicação. Até lá, tudo espera.',
    ),
  },
  source_not_listed: {
    text: told(
      'The platform takes requests from listed addresses only, and ours is not among them.',
      '平台只接受白名单中的 IP 地址，而我们的地址不在其中。',
      'A plataforma só aceita endereços cadastrados, e o nosso não está entre eles.',
    ),
    remedy: told(
      'Add the address of this installation to the list of the application on the platform.',
      '请把本系统的出口 IP 加入平台应用的白名单。',
      'Inclua o endereço desta instalação na lista da aplicação na plataforma.',
    ),
  },
  shop_banned: {
    text: told(
      'The platform has banned the account of this shop.',
      '平台已封禁该店铺账号。',
      'A plataforma baniu a conta desta loja.',
    ),
    remedy: told(
      'Settle it with the platform. Messages wait until then.',
      '请与平台解决。消息会一直等待。',
      'Resolva com a plataforma. As mensagens esperam até lá.',
    ),
  },
  clock_off: {
    text: told(
      'The clock of this installation is minutes away from the platform’s.',
      '本系统的时钟与平台相差数分钟。',
      'O relógio desta instalação está minutos distante do da plataforma.',
    ),
    remedy: told(
      'Set the clock of the server, by NTP for example; it goes on by itself then.',
      '请校准服务器时钟（例如使用 NTP），之后会自动恢复。',
      'Acerte o relógio do servidor, por NTP por exemplo; depois tudo segue sozinho.',
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
  pushes_suspended: {
    text: told(
      'The platform has suspended its pushes, because too few of them were answered in time.',
      '平台已暂停推送，因为按时应答的推送过少。',
      'A plataforma suspendeu os envios (push), porque poucos foram respondidos a tempo.',
    ),
    remedy: told(
      'See that the address of pushes can be reached, then set the pushes again in the console of the platform. Sweeps find the messages meanwhile.',
      '请确认推送地址可以访问，然后在平台控制台重新开启推送。在此期间由定期检查找回消息。',
      'Confira se o endereço de push responde e ative o push de novo no console da plataforma. Até lá, as varreduras encontram as mensagens.',
    ),
  },
  pushes_failing: {
    text: told(
      'The platform warns that it will suspend its pushes: too few of them are answered in time.',
      '平台警告将暂停推送：按时应答的推送过少。',
      'A plataforma avisa que vai suspender os envios (push): poucos são respondidos a tempo.',
    ),
    remedy: told(
      'See that the address of pushes can be reached from outside and answers within seconds.',
      '请确认推送地址可从外部访问，并能在数秒内应答。',
      'Confira se o endereço de push é acessível de fora e responde em poucos segundos.',
    ),
  },
  notices_stopped: {
    text: told(
      'Messages keep being found of which the platform told us nothing: it seems to have switched its notices off.',
      '不断发现平台未通知的消息：平台可能已停用通知。',
      'Há mensagens que a plataforma não avisou: parece que ela desativou as notificações.',
    ),
    remedy: told(
      'Look at the notices of the application in the console of the platform, their address and their topics. Sweeps find the messages meanwhile.',
      '请在平台控制台检查应用的通知设置、地址和主题。在此期间由定期检查找回消息。',
      'Veja no console da plataforma as notificações da aplicação, o endereço e os tópicos. Até lá, as varreduras encontram as mensagens.',
    ),
  },
  statuses_stopped: {
    text: told(
      'The platform took messages and never said what became of them: it seems to have switched its notices off.',
      '平台已接收消息，却一直没有返回发送状态：平台可能已停用通知。',
      'A plataforma aceitou mensagens e nunca disse o que foi feito delas: parece que ela desativou as notificações.',
    ),
    remedy: told(
      'Look at the notices of the application in the console of the platform, their address and their fields. What buyers write until then may not come here: look at it on the platform.',
      '请在平台控制台检查应用的通知设置、地址和字段。在此之前买家的消息可能不会到达这里，请到平台上查看。',
      'Veja no console da plataforma as notificações da aplicação, o endereço e os campos. Até lá, o que os compradores escrevem pode não chegar aqui: veja na plataforma.',
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

/** Words of platforms that stand for one trouble. */
const WORDS: Readonly<Record<string, TroubleCode>> = {
  rate_budget: 'rate_limited',
  error_limit: 'rate_limited',
  token_invalid: 'platform_error',
  refreshing: 'platform_error',
  error_sign: 'application_refused',
  error_auth: 'application_refused',
  error_partner_key_expired: 'application_refused',
  error_api_permission: 'application_refused',
  error_ashop_api_permission: 'application_refused',
  error_api_call_restricted: 'application_refused',
  error_kyc_auth: 'application_refused',
  api_suspended: 'application_refused',
  invalid_partner_id: 'application_refused',
  invalid_client: 'application_refused',
  source_ip_undeclared: 'source_not_listed',
};

/** The trouble behind a code of a connector, which may be the platform's or the network's own word. */
export function troubleOf(code: string): TroubleCode {
  if (Object.hasOwn(TROUBLES, code)) return code as TroubleCode;
  if (Object.hasOwn(WORDS, code)) return WORDS[code] ?? 'platform_error';
  return /^(http|error)_/.test(code) ? 'platform_error' : 'unreachable';
}
