import { readTable } from '../rule-table.js';

const ORDER = 'pedido|pedidos|compra|compras|encomenda|encomendas|pacote|produto|produtos|mercadoria|entrega';
const THE = 'o|a|os|as|um|uma|meu|minha|meus|minhas|esse|essa|este|esta|do|da|de|seu|sua?';
const TO = 'em|para|pra|pro|no|na|aqui|ai|ate';
const ARRIVED = 'chegou|chegaram|veio|vieram|recebi|recebemos|entregaram';
const SENT = 'mandaram|enviaram|mandou|enviou|veio|vieram|chegou|recebi|entregaram';
const BROKEN =
  'quebrad*|danificad*|amassad*|rasgad*|trincad*|rachad*|defeit*|estragad*|avariad*|furad*|vazand*|arranhad*|riscad*|manchad*|' +
  'solto|solta|descolad*|descosturad*|sujo|suja|usado|usada|vencid*|violad*|aberta|aberto|molhad*|torto|torta';
const HOW_MUCH = 'quanto|qto|qnto|quantos|qtos|quant|qt';
const WHEN = 'quando|qdo|qnd|qd|que_dia|que_horas';

/** Portuguese as buyers in Brazil write it, with its abbreviations. */
export const PORTUGUESE = readTable(
  3,
  `
# Exceptions: said to rule something out.
[not.refund] 1
  nao quero|queria|preciso ${THE} reembols*|estorn*|devol*|dinheiro|cancel*|troc* de_volta?
[not.question] 1
  tudo bem|bom|certo ?
  como vai|esta|vao ~ ?
  pode|podem|podia|poderia ~ ajudar|atender ~ ?
  tem alguem ai|online ?
  alguem ai|por_ai ?
[not.broken] 1
  sem|nenhum|nenhuma defeito|problema|problemas|reclamacao
  nada a|para reclamar

# Money back.
[refund.money-back] 3 intent:refund sensitive:refund
  dinheiro|grana|valor|pagamento de volta
  devolv*|devolu*|devolver ${THE} dinheiro|grana|valor|pagamento|pix
  quero|queria|exijo|preciso|cade|kd ${THE} dinheiro|grana|reembols*|estorn*
  me devolve|devolvam|devolva ~ dinheiro|grana|valor|pago|paguei
  cobrad*|cobraram|descontaram|debitaram ~ duas_vezes|2x|duplicad*|dobro|a_mais|em_dobro
  cobranca|pagamento|cobrado|cobrada duplicad*|dupla|indevid*
[refund.word] 3 intent:refund sensitive:refund
  reembols*|estorn*|ressarc*|restitui*
[refund.cancel] 3 intent:refund sensitive:refund
  cancel* ~ ${ORDER}
  desist* ~ compra|pedido
[refund.cancel-word] 2 intent:refund sensitive:refund
  cancel*|desisti|desisto
[refund.chargeback] 3 intent:refund sensitive:chargeback urgency:high
  chargeback
  contest* ~ compra|cartao|fatura|banco|cobranca
  disputa ~ cartao|paypal|banco
  bloquear ~ pagamento|cobranca

# Goods back.
[return.phrase] 3 intent:return
  etiqueta|codigo|prazo|politica|autorizacao de|da devolucao|troca|retorno|postagem
  logistica reversa
  arrepend*
  troc* ${THE} ${ORDER}|tamanho|numero|cor|modelo|peca
  troc* por|pelo|pela
  quero|queria|gostaria|preciso|posso|consigo|como|onde|aceita|aceitam|fazem ~ devolver|devolvo|troca|trocar|troco|trocas
  nao serviu|coube|serviram|couberam|cabe
  mandar|enviar|mando|envio de volta
[return.word] 2 intent:return
  devolver|devolvo|devolvi|devolucao|devolucoes|devolvendo|trocar|troca|trocas
[return.fit] 1 intent:return
  ficou|ficaram ~ grande|pequen*|apertad*|larg*|curt*|folgad*
  nao ~ gostei|quero_mais

# Something is wrong with what came, or with how the shop treats the buyer.
[complaint.arrived-broken] 3 intent:complaint
  ${ARRIVED} ~ ${BROKEN}|incomplet*|falso|falsa|falsificad*
  ${ARRIVED} com ~ defeito|problema|avaria|vazamento
[complaint.wrong] 3 intent:complaint
  ${SENT} ${THE} errad*|outro|outra|trocad*|diferente
  ${SENT} ~ errad*|diferente|trocad*
  ${ORDER}|item|cor|tamanho|modelo|numero|peca errad*|trocad*|diferente
  comprei|pedi|encomendei ~ mandaram|enviaram|veio|vieram|chegou|entregaram
  nao ~ mesmo|igual ~ anuncio|foto|descricao
  diferente do|da anuncio|foto|descricao|anunciado
[complaint.missing] 3 intent:complaint
  falt*|sem ~ peca|pecas|item|itens|parte|partes|parafuso|parafusos|acessorio*|cabo|carregador|tampa|controle
  ${ARRIVED} ~ faltando|falta|incomplet*|so_um|so_uma|metade
  mandaram|enviaram|entregaram so um|uma|metade|parte|o
  paguei por ~ recebi|veio|mandaram|dois|duas|tres|2|3|4
  nao veio|vieram ~ cabo|manual|carregador|peca|pecas|parafuso*|acessorio*|controle|completo|brinde
[complaint.defect] 3 intent:complaint
  parou|deixou de funcionar|carregar|ligar|esquentar|gelar|tocar
  nao ~ funciona|funcionou|liga|ligou|carrega|carregou|esquenta|gela|presta|prestou|encaixa
  deu|dando|apresentou ~ defeito|problema|ruim|pau|curto
  com defeito
  nao segura|dura|aguenta ~ carga|bateria|nada|dia|dias|horas
[complaint.broken] 2 intent:complaint
  vazou|descolou|descascou|desbotou|encolheu|enferrujou|rachou|soltou
  amassad*|riscad*|rasgad*|esquenta_demais|esquenta_muito|desliga_sozinh*
  quebrou|quebrad*|defeito|defeituos*|danificad*|estragad*|trincad*|rachad*|estragou|rasgou|queimou|queimad*
[complaint.anger] 2 intent:complaint
  absurd*|vergonha|vergonhos*|palhacad*|descaso|pessim*|horriv*|decepcion*|decepcao|insatisfeit*|indignad*|revoltad*|lixo|porcaria
  desrespeit*|inadmissiv*|ridicul*|lamentav*|enganad*|enganos*|enganaram|mentir*|golpe|golpistas|fraude|picaret*|ma_fe
  falsific*|pirata|piratas|propaganda_enganosa
[complaint.word] 2 intent:complaint
  reclam*
  insatisfacao|queixa
  mal atendid*|atendimento
[complaint.fake] 1 intent:complaint
  falso|falsa|replica
[complaint.silence] 2 intent:complaint urgency:high
  ninguem|nunca ~ respond*|atende*|retorn*|resolv*
  nao me|nos? respond*|atend*|retorn*|dao_retorno
  sem|nenhuma|nenhum resposta|retorno
  segunda|terceira|quarta|quinta|2a|3a|4a|5a vez|mensagem|tentativa
  ja mandei|enviei|falei|liguei ~ vezes|mensagens|mensagem
[legal.threat] 3 intent:complaint sensitive:legal urgency:high
  procon
  reclame_aqui|reclameaqui|reclame_ai
  consumidor gov
  advogad*|juizado|juiz|delegacia|policia|processo_judicial|acao_judicial|ministerio_publico|pequenas_causas|danos_morais
  boletim de ocorrencia
  vou|vamos|irei|posso processar|denunciar|acionar|entrar_na_justica
  na justica
  direito|direitos|defesa|codigo do|de|dos consumidor*|defesa_do_consumidor
  denunci*
[safety.injury] 3 intent:complaint sensitive:safety urgency:critical
  acidente|acidentes|machuc*|ferid*|feriu|ferimento|incendi*|explod*|explosao|intoxic*|pronto_socorro|sangr*|queimadura*|internad*
  fui|foi|fomos|parei|parou|parar ~ hospital
  pegou|pegando|pegar fogo
  levei|levou|tomei|tomou|deu|dando|dei ~ choque|choques
  choque eletrico
  curto circuito
  soltou|soltando|saiu|saindo ~ fumaca|faisca|faiscas
  queimei|queimou|cortei|cortou ~ mao|maos|dedo|dedos|pele|rosto|perna|braco|filho|filha|crianca|bebe
  reacao alergica
  deu|tive|teve|causou|dando alergia
  passei|passou|passando mal

# Papers.
[invoice.phrase] 3 intent:invoice
  nota|notas fiscal|fiscais
  nf|nfe|nfce|danfe|nfs
  nf e
  cupom fiscal
  segunda via da|de nota
  emit*|emiss* ~ nota
  nota ~ garantia
  nao veio|chegou|recebi|mandaram|enviaram a|com|minha? nota
[invoice.file] 3 intent:invoice
  xml
[invoice.word] 2 intent:invoice
  preciso|quero|cade|kd|manda|mandem|mandar|envia|enviar|reenviar ~ nota
  cnpj|recibo|faturar|razao_social|inscricao_estadual
  nota ~ cpf|empresa|nome|email
[invoice.hint] 1 intent:invoice
  nota

# On its way, or not.
[delivery.when] 3 intent:delivery
  ${WHEN} ~ chega*|entreg*|recebo|receber|receberei
  ${HOW_MUCH} ~ tempo|dias ~ chegar|chega|entrega|entregar
  prazo|previsao|data|dia de|da|do|para|pra? entrega|chegada|chegar|entregar
  chega*|entreg* ~ antes|ate|amanha|hoje|segunda|terca|quarta|quinta|sexta|sabado|domingo|natal
[delivery.late] 3 intent:delivery
  atrasad*|atraso|atrasou|atrasando|atrasar
  nao|nunca|n me|foi|foram? chegou|chegaram|chega|recebi|recebemos|entregaram|entregue|entregues|entregou|veio
  nao|nunca ~ recebi|chegou|entregue
  passou|venceu|estourou|acabou ~ prazo
  prazo ~ passou|venceu|estourou|era|acabou|vencido
  era|deveria|devia ~ chegado|chegar|entregue
  ate agora|hoje nada|nao
  esperando|aguardando ~ dias|semanas|semana|mes|meses
[delivery.slow] 2 intent:delivery
  demorando|demorou|demorad*|demora
[delivery.area] 3 intent:delivery
  entregam|enviam|despacham|mandam ~ ${TO}
  voces|vcs|vc|voce|loja entrega|envia|manda ${TO}
  faz*|tem entrega ${TO}
[delivery.address] 3 intent:delivery
  mud*|alter*|troc*|corrig*|atualiz* ${THE} endereco|cep|numero_da_casa
  endereco|cep ~ errad*|incomplet*|incorret*|diferente
  endereco de entrega
[delivery.lost] 3 intent:delivery
  consta|diz|aparece|esta|ta|foi|deu ~ entregue
  extravi*
  nao entregue|entregaram
  tentativa de entrega
[delivery.carrier] 2 intent:delivery
  transportador*|correio|correios|motoboy|entregador|carteiro
[delivery.hint] 1 intent:delivery
  entreg*|endereco|chega|chegar

# What became of an order.
[order.where] 3 intent:order_status
  cade|kd|kade|cd ${THE} ${ORDER}
  onde|aonde ~ ${ORDER}
  ${ORDER} ~ onde|aonde|cade|kd
[order.where-word] 1 intent:order_status
  cade|kd|kade
[order.sent] 3 intent:order_status
  ja|foi|foram|sera|ser|vai_ser foi? enviad*|despachad*|postad*|expedid*|enviaram|mandaram|despacharam|postaram
  ${WHEN} ~ enviam|envia|enviar|enviado|enviada|despach*|posta|postam|postado|postar|sai|mandam
  saiu|sai|saindo ~ entrega
  nao|ainda_nao foi|foram? enviad*|enviaram|despach*|postad*|postaram|mandaram
[order.tracking] 3 intent:order_status
  rastre*
  codigo|link|numero de|do rastre*|envio|postagem
  tracking
[order.state] 3 intent:order_status
  status|situacao|andamento ${THE} ${ORDER}
  ${ORDER} ~ separacao|preparacao|preparando|processando|parado|parada|pendente|status|andamento
  pagamento|pix|boleto|cartao ~ aprovad*|confirmad*|compens*|caiu|consta|identificad*|pendente|analise|recusad*
  acompanh* ~ pedido|compra|entrega
  aguardando|esperando pagamento|confirmacao|aprovacao|envio
  noticia|noticias|novidade|atualizacao ~ pedido|compra|encomenda
[order.hint] 1 intent:order_status
  meu|minha|meus pedido|compra|encomenda|pacote|pedidos
  status
  numero do pedido

# Price and terms.
[price.ask] 3 intent:price
  ${HOW_MUCH} ~ custa|custam|fica|sai|cobra*|vale|frete|valor
  ${HOW_MUCH} e|ta|esta
  qual|quais|saber|passa|passar|manda|informar ~ preco|precos|valor|valores|custo
  valor|preco|custo|calcul* do|de|o frete
[price.bargain] 3 intent:price
  descont*|cupom|cupons|promoc*|negoci*|parcel*|atacado
  faz|fazem|fazer|fecha|fecho|fechar|deixa|deixam|deixar por|p
  precinho*
  mais barat*|em_conta
  menor|melhor|bom preco|valor
  sem|com juros
  vezes sem|no juros|cartao|credito
  aceit*|receb* pix|boleto|cartao|debito|credito|parcela*
  a vista
  divid* em
  frete gratis
[price.word] 2 intent:price
  preco|precos|frete|caro|cara|carissimo|salgado|revend*|orcamento|barat*
[price.hint] 1 intent:price
  valor|pix|boleto|oferta|proposta

# Before buying.
[presale.stock] 3 intent:presale
  em estoque
  disponive*|disponibilidade
  pronta entrega
  voces|vcs|vc|voce|ceis|ainda|nao tem|teria|teriam|vende|vendem|trabalha|trabalham
  tem ~ cor|cores|tamanho|tam|numero|modelo|voltagem|estoque|preto|preta|branco|branca|azul|rosa|vermelho|verde|outra|outro|outras
  quando ~ volta|repor|reposicao|estoque
[presale.fit] 2 intent:presale
  serve|servem|compative*|funciona|funcionam|encaixa|cabe|cabem|pega|conecta ~ ${TO}|com|notebook
  compative*
  da certo no|na|em|com|pra|para
  cabe|cabem|serve|servem
[presale.spec] 3 intent:presale
  110|220|127|110v|220v|127v|bivolt|voltagem|volts|watts
  qual|quais|saber|de_que|que|informar ~ medida|medidas|tamanho|dimensoes|peso|altura|largura|comprimento|material|tecido|cor|cores|marca|modelo|potencia|capacidade|numeracao
  vem com|na|em|junto
  acompanha|inclui|incluso|inclusa
  e|sao|eh original|originais|novo|nova|novos|usado|lacrado|nacional|importado|resistente|impermeavel|prova_d_agua|verdadeir*
  a prova d|de? agua|dagua
  original ou
[presale.word] 2 intent:presale
  garantia|original|originais|medida|medidas|estoque|tamanhos|cores|manual|interesse|interessad*
[presale.use] 2 intent:presale
  como ~ usa|usar|instala|instalar|monta|montar|lava|lavar|limpar
  posso|pode|da_pra usar|lavar|molhar
[presale.hint] 1 intent:presale
  ?
  duvida|duvidas|tem|tamanho|cor

# Privacy, a person, courtesy.
[privacy.request] 3 intent:other sensitive:personal_data
  lgpd|dpo|anpd
  meus|quais|os|seus dados pessoais|cadastrais|voces|vcs
  apag*|exclu*|delet*|remov* ~ dados|cadastro|conta
  vazamento|vazaram|vazou ~ dados|informacoes
  protecao|encarregado de|dos dados
  direito ao esquecimento
[other.person] 2 intent:other
  falar|conversar|chamar ~ atendente|humano|pessoa|alguem|gerente|responsavel|vendedor
  quero|preciso ~ atendente|humano|gerente
[other.thanks] 1 intent:other urgency:low
  obrigad*|obg|obgd|brigad*|valeu|vlw|agradec*|grato|grata
[other.greeting] 1 intent:other
  bom|boa dia|tarde|noite
  oi|ola|oie|opa|alo

# Haste.
[urgency.soon] 2 urgency:high
  urgent*|urgencia|imediat*|socorro
  mais rapido possivel
  preciso ~ hoje|amanha|urgente|logo|sexta|sabado|domingo|agora
  para|pra|pro|p hoje|amanha
  para|pra|pro|p ~ aniversario|casamento|viagem|festa|formatura|natal
  pelo amor de deus
  hoje mesmo
`,
);
