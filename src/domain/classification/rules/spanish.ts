import { readTable } from '../rule-table.js';

const ORDER = 'pedido|pedidos|compra|compras|paquete|encomienda|producto|productos|orden|envio|mercaderia';
const THE = 'el|la|los|las|lo|un|una|mi|mis|ese|esa|este|esta|del|de|su|al?';
const TO = 'a|en|para|hasta|al';
const ARRIVED = 'llego|llegaron|vino|vinieron|recibi|recibimos|entregaron';
const SENT = 'mandaron|enviaron|mando|envio|llego|llegaron|vino|recibi|entregaron';
const BROKEN =
  'roto|rota|rotos|rotas|partid*|despegad*|suelto|suelta|rajad*|astillad*|danad*|golpead*|rasgad*|defectuos*|quebrad*|rayad*|manchad*|usado|usada|sucio|sucia|vencid*|' +
  'abierta|abierto|mojad*|averiad*|fallad*';

/** Spanish of the Americas and of Spain, with `vos` and `usted` forms where they differ. */
export const SPANISH = readTable(
  3,
  `
# Exceptions: said to rule something out.
[not.refund] 1
  no quiero|necesito|pido ${THE} reembols*|reintegro|devolu*|devolver*|cancel*|cambi*
[not.question] 1
  como esta|estan|estas|va ~ ?
  me puede|pueden|podria ayudar|atender ?
  hay alguien ~ ?
  que tal ?
[not.broken] 1
  sin|ningun|ninguna falla|fallas|problema|problemas|queja|defecto

# Money back.
[refund.money-back] 3 intent:refund sensitive:refund
  devuel*|devolv*|regres*|reintegr* ~ dinero|plata|pago|importe|lo_que_pague
  quiero|exijo|necesito|donde_esta ${THE} dinero|plata|reembolso|reintegro
  dinero|plata de vuelta
  cobraron|cobrado|cobro ~ dos_veces|doble|duplicado|de_mas
[refund.word] 3 intent:refund sensitive:refund
  reembols*|reintegr*|resarc*
[refund.cancel] 3 intent:refund sensitive:refund
  cancel*|anul* ~ ${ORDER}
[refund.cancel-word] 2 intent:refund sensitive:refund
  cancelar|cancelen|cancelo|cancelacion|cancela|anular|anulen
[refund.chargeback] 3 intent:refund sensitive:chargeback urgency:high
  contracargo|contracargos|chargeback
  desconoc* ~ compra|cargo|pago
  disput* ~ tarjeta|banco|cargo|paypal

# Goods back.
[return.phrase] 3 intent:return
  quiero|quisiera|puedo|podria|necesito|como|quieren ~ devolver*|devolucion|regresar*|retornar*
  quiero|quisiera|necesito ~ cambiar*|cambio
  cambiar*|cambio por
  cambi* ~ talla|talle|numero|color|modelo
  etiqueta|politica de devolucion|cambio|cambios
  me arrepenti
  aceptan|hacen|hay devoluciones|cambios|devolucion
[return.word] 2 intent:return
  devolver|devolverlo|devolverla|devolverlos|devolverlas|devolucion|devoluciones|devuelvo
[return.fit] 1 intent:return
  quedo|quedan|queda|quedaron ~ chic*|pequen*|grande*|apretad*|cort*|larg*|anch*
  cambio|cambiar*

# Something is wrong.
[complaint.arrived-broken] 3 intent:complaint
  ${ARRIVED} ~ ${BROKEN}|incomplet*|falso|falsa
  ${ARRIVED} con ~ falla|fallas|defecto|problema
[complaint.wrong] 3 intent:complaint
  ${SENT} ${THE} otro|otra|equivocad*|distint*|diferente|incorrect*
  ${SENT} ~ equivocad*|incorrect*|distint*|diferente
  ${ORDER}|articulo|color|talla|talle|modelo equivocad*|incorrect*
  compre|pedi|ordene ~ mandaron|enviaron|llego|vino|me_dieron
  no es lo que pedi|compre
  nada que ver
[complaint.missing] 3 intent:complaint
  falt*|sin ~ pieza|piezas|parte|partes|tornillo|tornillos|accesorio*|cable|cargador|manual|tapa
  ${ARRIVED} ~ incomplet*|falta|faltando|faltaba
  ${ARRIVED} sin
[complaint.defect] 3 intent:complaint
  no dura|aguanta ~ carga|bateria|nada|dia|dias|horas
  dejo|paro de funcionar|andar|cargar|prender
  no funciona|funciono|anda|prende|enciende|carga|sirve|calienta
  se rompio|quemo|dano|descompuso
  tiene una? falla|fallas|defecto
[complaint.broken] 2 intent:complaint
  roto|rota|rotos|rotas|defectuos*|danad*|fallad*|averiad*|rompio
[complaint.anger] 2 intent:complaint
  estafa|estafadores|estafaron|enganad*|enganos*|mentir*|fraude|verguenza|pesim*|horribl*|decepcion*|porqueria|basura|desastre
  falsificad*|trucho|trucha|pirata|indignad*|molest*|inaceptable|ladrones|ridicul*|robo|robaron
[complaint.word] 2 intent:complaint
  queja|quejas|reclamo|reclamar|reclamacion|mala atencion|calidad
  mala|malisima atencion|calidad
[complaint.fake] 1 intent:complaint
  falso|falsa|replica
[complaint.silence] 2 intent:complaint urgency:high
  nadie|nunca ~ contest*|respond*|atiend*|resuelv*
  no me|nos? contest*|respond*|atiend*
  sin respuesta
  segunda|tercera|cuarta vez|mensaje|consulta
  ya escribi|mande|envie ~ veces|mensajes
[legal.threat] 3 intent:complaint sensitive:legal urgency:high
  abogad*|demandar*|demandare|denunci*|tribunal|tribunales|profeco|sernac|indecopi|consumidor|fiscalia
  voy|vamos a demandar*|denunciar*
  accion|acciones legal|legales
  defensa del|al consumidor
  a la policia|justicia
[safety.injury] 3 intent:complaint sensitive:safety urgency:critical
  accidente|accidentes|herid*|lastim*|lesion*|incendi*|explot*|explosion|intoxic*|sangr*|quemadura*
  prendio|agarro|tomo fuego
  se incendio
  fui|fue|fuimos|termine|termino ~ hospital
  me|le|nos dio ~ corriente|descarga|choque|toque|alergia
  descarga electrica
  salio|saliendo|sale|echa|largo ~ humo|chispas
  queme|quemo|corte|corto ~ mano|manos|dedo|dedos|piel|cara|hijo|hija|nino|nina|bebe
  reaccion alergica

# Papers.
[invoice.phrase] 3 intent:invoice
  factura|facturas|facturar|facturacion|facturen
  cfdi|xml
  factura a|b|electronica
  datos fiscales
[invoice.word] 2 intent:invoice
  rfc|cuit|recibo|comprobante|boleta_de_venta|razon_social

# On its way, or not.
[delivery.when] 3 intent:delivery
  cuando|que_dia|a_que_hora ~ lleg*|entreg*|recibo|recibire|recibir
  cuanto|cuantos ~ tarda|tardan|demora|demoran|llegar
  plazo|fecha|tiempo de entrega|llegada|envio
  lleg*|entreg* ~ antes|manana|hoy|lunes|martes|miercoles|jueves|viernes|sabado|domingo|navidad
[delivery.late] 3 intent:delivery
  atrasad*|retrasad*|retraso|atraso|demorad*|tardando
  no|nunca|aun_no|todavia_no me|lo|la|ha|han|he|se? llego|llega|llegado|llegaron|recibi|recibido|entregaron|entregado
  no|nunca ~ recibi|llego|entregaron|recibido
  sigo|estoy|llevo|llevamos ~ esperando
  tenia|debia|deberia que? ~ llegar|haber_llegado
[delivery.slow] 2 intent:delivery
  tarda|demora|demorando|demoro|tardo
  lleg* tarde
[delivery.area] 3 intent:delivery
  hacen|realizan|tienen envio|envios|entregas|entrega ${TO}
  envian|entregan|mandan|despachan ~ ${TO}
[delivery.address] 3 intent:delivery
  cambi*|corregir|modificar|actualizar ${THE} direccion|domicilio
  direccion|domicilio ~ mal|equivocad*|incorrect*|incomplet*
  mal|equivocad* ~ direccion|domicilio
  direccion de entrega|envio
[delivery.lost] 3 intent:delivery
  dice|figura|aparece|marca|esta ~ entregado
  se perdio|extravio
  extraviad*|perdido
[delivery.carrier] 2 intent:delivery
  correo|cartero|transportista|mensajeria|repartidor|transporte
[delivery.hint] 1 intent:delivery
  entreg*|direccion|llega|llegar

# What became of an order.
[order.where] 3 intent:order_status
  donde|adonde ~ ${ORDER}
  ${ORDER} ~ donde
  que|como ~ paso|va|esta|sabe|viene ~ ${ORDER}
[order.sent] 3 intent:order_status
  ya lo|la|me|fue|se|han? enviaron|enviado|despach*|mandaron|salio|despachado
  cuando ~ envian|despach*|mandan|sale|enviar|envien|enviaran
  no|aun_no|todavia_no lo|la|me|han|fue? enviaron|enviado|despach*|mandaron
[order.tracking] 3 intent:order_status
  rastre*|tracking
  numero|codigo|link|guia de|del seguimiento|rastreo|guia|envio
  seguimiento
[order.state] 3 intent:order_status
  estado|estatus|status ${THE} ${ORDER}
  ${ORDER} ~ preparacion|proceso|procesando|pendiente|estado|detenido
  pago|tarjeta|transferencia ~ aprobad*|acredit*|confirmad*|pendiente|rechazad*
  novedad|novedades|noticias|informacion ~ pedido|compra|envio
[order.hint] 1 intent:order_status
  mi|mis pedido|compra|paquete|orden|pedidos|envio
  estado

# Price and terms.
[price.ask] 3 intent:price
  cuanto|cuantos ~ cuesta|cuestan|sale|salen|vale|valen|cobran|envio
  que|cual|saber|pasar|pasas ~ precio|precios|valor|costo
  costo|precio|valor del|de envio
  a cuanto
  cuanto por|seria|es|son|me
[price.bargain] 3 intent:price
  descuent*|cupon|cupones|promocion*|oferta|ofertas|negociable|rebaja|rebajas|mayorista
  por mayor
  mas barat*|economic*
  menos|ultimo|mejor precio
  cuotas|en_cuotas|meses_sin_intereses
  sin interes|intereses
  aceptan|reciben ~ tarjeta|efectivo|transferencia|paypal|debito|credito
  envio gratis
  me lo|la? dejas|deja|dejan a|en|por
[price.word] 2 intent:price
  precio|precios|caro|cara|carisimo|presupuesto|cotizacion|costo

# Before buying.
[presale.stock] 3 intent:presale
  hay|tienen|tenes|tienes|queda|quedan ~ stock|existencia|existencias|disponible|disponibles|color|talla|talle|numero|modelo
  disponib*
  tienen|tenes|tienes|venden|vendes|manejan este|esta|el|la|los|las|ese|esa|esos|en
  en stock|existencia
[presale.fit] 2 intent:presale
  sirve|sirven|compatible|compatibles|funciona|entra|cabe|anda|encaja ~ para|con|en|a
  compatible|compatibles
[presale.spec] 3 intent:presale
  que|cual|cuales|saber|son ~ medida|medidas|talla|talle|dimensiones|peso|altura|ancho|largo|material|tela|color|colores|marca|potencia|capacidad|voltaje|garantia
  es|son original|originales|nuevo|nueva|nuevos|usado|impermeable|impermeables|resistente|resistentes|autentic*
  resistente|resistentes al|a agua|golpes
  voltaje|110v|220v|220|110|voltios
  viene|vienen con|incluido
  incluye|trae|incluyen
[presale.word] 2 intent:presale
  garantia|original|originales|stock|medidas|tallas|talles|colores|interesad*|interesa
[presale.use] 2 intent:presale
  como ~ usa|usar|instala|instalar|arma|armar|lava|limpia
[presale.hint] 1 intent:presale
  ?
  tienen|duda|dudas|consulta|talla|talle|color

# Privacy, a person, courtesy.
[privacy.request] 3 intent:other sensitive:personal_data
  lgpd
  mis|sus|los datos personales
  borr*|elimin* ~ datos|cuenta
  proteccion de datos
  que datos
  filtra* ~ datos
[other.person] 2 intent:other
  hablar|comunicarme ~ persona|humano|alguien|asesor|encargado|gerente|agente|vendedor
[other.thanks] 1 intent:other urgency:low
  gracias|agradec*|mil_gracias
[other.greeting] 1 intent:other
  hola|buenas|buen_dia|buenos_dias

# Haste.
[urgency.soon] 2 urgency:high
  urgent*|urgencia|inmediat*|auxilio
  cuanto antes
  lo antes posible
  necesito ~ hoy|manana|ya|viernes|sabado|domingo
  para hoy|manana
  para ~ cumpleanos|boda|viaje|fiesta|navidad
  por favor ya
  hoy mismo
`,
);
