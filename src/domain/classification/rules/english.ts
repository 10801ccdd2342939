import { readTable } from '../rule-table.js';

const ORDER = 'order|orders|package|parcel|item|items|purchase|shipment|delivery|product|stuff';
const THE = 'the|my|a|an|this|that|it|our|these|those?';
const ARRIVED = 'arrived|came|received|got|is|was|were|delivered';
const BROKEN =
  'broken|damaged|cracked|defective|faulty|torn|ripped|scratched|dented|bent|leaking|dirty|used|expired|opened|open|' +
  'smashed|shattered|stained|wet';

/** English; apostrophes are dropped before matching, so `don't` is written `dont`. */
export const ENGLISH = readTable(
  3,
  `
# Exceptions: said to rule something out.
[not.refund] 1
  dont|not|do_not want|need|asking a|any|the|my|for|to? refund*|return*|cancel*|exchange|money
[not.question] 1
  how are you ~ ?
  can|could you|someone|anyone|somebody help ~ ?
  anyone|anybody there ~ ?
[not.broken] 1
  no|without any? complaint|complaints|problem|problems|issues|damage|defects

# Money back.
[refund.money-back] 3 intent:refund sensitive:refund
  money|cash|payment back
  pay me back
  return|give ~ my money
  want|need|get|like|when|where|request|full|issue|demand|process ~ refund*
  refund me|my|the|it|now|please
  charged|billed ~ twice|double|too_much|extra
  overcharged|double_charged
[refund.word] 3 intent:refund sensitive:refund
  refund*|reimburs*
[refund.cancel] 3 intent:refund sensitive:refund
  cancel* ~ ${ORDER}|it|this
  call|calling off ~ ${ORDER}|it
[refund.cancel-word] 2 intent:refund sensitive:refund
  cancel|cancelled|canceled|cancellation|cancelling
[refund.chargeback] 3 intent:refund sensitive:chargeback urgency:high
  chargeback|chargebacks
  charge back
  disput* ~ charge|payment|paypal|bank|card|transaction
  open* a dispute|claim
  call|contact ~ bank|credit_card

# Goods back.
[return.phrase] 3 intent:return
  return ${THE} ${ORDER}|shoes|shirt|jacket|dress
  want|like|need|can|could|how|may|possible ~ return|exchange|swap|send_back|replace
  return label|policy|address
  send|ship|mail it|them|this|these back
  changed my mind
  can|could|may it|they|this go|come back
  exchange ~ for
  doesnt|didnt|does_not|did_not|dont fit
[return.word] 2 intent:return
  return|returns|returning|returned|exchange|exchanges|replacement
[return.fit] 1 intent:return
  too small|big|large|tight|loose|short|long

# Something is wrong.
[complaint.arrived-broken] 3 intent:complaint
  ${ARRIVED} ~ ${BROKEN}|incomplete|counterfeit
[complaint.wrong] 3 intent:complaint
  sent|got|received|shipped|delivered ~ wrong|different|incorrect
  wrong|incorrect|different item|size|colour|color|product|model|one|order|version
  not what i ordered|bought|expected
  not as described|pictured|advertised
  ordered ~ but|and ~ got|received|sent
[complaint.missing] 3 intent:complaint
  missing ~ part|parts|piece|pieces|item|items|screw|screws|cable|charger|manual|accessor*
  part|parts|piece|pieces|item|screw|screws|cable|charger ~ missing
  incomplete ~ order|set|package
  only ~ one|half ~ arrived|came
  received|got|sent|delivered only
[complaint.defect] 3 intent:complaint
  stopped|quit working|charging|heating
  doesnt|dont|didnt|does_not|not|isnt|wont|never work*|turn_on|charge|charging|function*|start|power
  broke after|down|in|on|within
  fell apart
  in pieces
  broke ~ first|second|time|day|days|week
[complaint.broken] 2 intent:complaint
  broken|damaged|defective|faulty|cracked|defect|broke|malfunction*|counterfeit
[complaint.anger] 2 intent:complaint
  scam|scammer|scammers|scammed|fraud|terrible|awful|horrible|disappoint*|unacceptable|ridiculous|worst|garbage|rubbish|junk|useless|ashamed|disgust*|liar|liars|thieves|misleading
  rip off
  poor|bad|low quality|service
  very|so|really angry|upset|unhappy|frustrat*
[complaint.word] 2 intent:complaint
  complain|complaint|complaining|complaints
  negative|bad review|feedback
  not happy|satisfied
[complaint.fake] 1 intent:complaint
  fake|replica|knockoff
[complaint.silence] 2 intent:complaint urgency:high
  nobody|no_one|never|noone ~ answer*|repl*|respond*|respons*|help*
  no answer|reply|response
  second|third|fourth time|message|email
  stop ignoring
  ignor* me|my
[legal.threat] 3 intent:complaint sensitive:legal urgency:high
  lawyer|attorney|lawsuit|lawyers|solicitor|procon|prosecut*
  sue you|your|this
  legal action|proceedings|advice|steps
  small claims
  take ~ court
  report you ~ to|for
  the police
  consumer protection|rights|agency
  trading standards
  better business bureau
[safety.injury] 3 intent:complaint sensitive:safety urgency:critical
  injur*|accident|accidents|explod*|explosion|hospitali*|bleed*|electrocut*|poison*
  caught|catches|catch|started ~ fire
  is|was|are|were on fire
  went|taken|ended ~ hospital
  electric|electrical|got|gave ~ shock|shocked
  burned|burnt|burns|cut|hurt ~ hand|hands|finger|fingers|skin|face|son|daughter|child|kid|baby|me|myself|leg|arm
  smok* came|coming|from|started
  started smok*|spark*
  allergic reaction
  got|get|made sick|hurt

# Papers.
[invoice.phrase] 3 intent:invoice
  invoice|invoices|invoiced
  receipt|receipts
  tax|vat receipt|invoice|document
[invoice.word] 2 intent:invoice
  vat
  tax return|returns|purposes
  tax id|number
  proof of purchase

# On its way, or not.
[delivery.when] 3 intent:delivery
  when ~ arriv*|deliver*|receive|get_here|get_it|get_my|come
  how many days
  stuck|held ~ customs
  how long ~ deliver*|shipping|ship|arriv*|take|takes
  delivery|arrival|shipping time|date|estimate
  estimated ~ delivery|arrival
  arriv*|deliver*|here|get_it ~ by|before|until|tomorrow|today|monday|tuesday|wednesday|thursday|friday|saturday|sunday|christmas|time
[delivery.late] 3 intent:delivery
  late|delayed|delay|overdue
  not|never|didnt|hasnt|havent|still_not|isnt ~ arriv*|received|receive|delivered|come|got|here|turned_up|shown_up|showed_up|turn_up|show_up
  still waiting|nothing
  waiting ~ weeks|week|days|month|months
  was|were supposed|meant to arrive|come|be
[delivery.area] 3 intent:delivery
  do|can|will|could you ~ ship|deliver|send ~ to
  ship|shipping|deliver internationally|worldwide|abroad|overseas
[delivery.address] 3 intent:delivery
  chang*|correct|updat*|edit|modify ${THE} shipping|delivery? address
  wrong|incorrect|incomplete|different ~ address
  delivery|shipping address
  new|old address|place|home
  i|we|have moved
[delivery.lost] 3 intent:delivery
  says|shows|marked|tracking ~ delivered
  lost|stolen ~ package|parcel|mail|order|transit|post
  package|parcel|order ~ lost|stolen
[delivery.carrier] 2 intent:delivery
  courier|carrier|fedex|ups|dhl|usps|postman|mailman|customs
[delivery.hint] 1 intent:delivery
  deliver*|arriv*|address|ship|shipping

# What became of an order.
[order.where] 3 intent:order_status
  where|wheres ~ ${ORDER}
  whats|what happened|happening|going_on|up with|to ${THE} ${ORDER}
  where is|are it|they
[order.sent] 3 intent:order_status
  has|have|did|was|been|is|hasnt|not|when|will|already ~ shipped|dispatched|sent|sent_out|posted
  when ~ ship|shipping|dispatch
  shipped yet
  check|see|find|look ~ ${ORDER}
[order.tracking] 3 intent:order_status
  tracking|track number|code|id|link|info*
  track ${THE} ${ORDER}
  tracking
[order.state] 3 intent:order_status
  status|update|updates|news of|on|about? ${THE} ${ORDER}
  ${ORDER} status|confirmation|confirmed
  ${ORDER} ~ processing|pending|preparing|stuck|status
  payment ~ approved|confirmed|pending|through|declined
[order.hint] 1 intent:order_status
  my order|package|parcel|purchase|shipment
  status
  order number

# Price and terms.
[price.ask] 3 intent:price
  how much
  whats|what ~ price|cost|total
  price|prices|cost of|for
  shipping|delivery cost|costs|fee|fees|charge
  best|lowest|final|last price|offer
[price.bargain] 3 intent:price
  discount*|coupon|coupons|promo|promotion|wholesale|negotiab*|instalment*|installment*
  too expensive|pricey
  cheaper|cheapest
  free shipping|delivery
  can you|could_you|would_you do|take|accept ~ dollars|bucks|usd|reais
  accept|take ~ card|paypal|pix|cash|payment
  price match
  deal|offer if|for|on
  bulk order|price|discount
  promo|discount code
[price.word] 2 intent:price
  price|prices|cost|costs|expensive|cheap|quote

# Before buying.
[presale.stock] 3 intent:presale
  in stock
  out of stock
  available|availability|restock*
  do|does|if you|your_shop|u ~ have|sell|carry|stock
  have|got ~ colour|color|size|sizes|model|version|black|white|blue|red|green|larger|smaller
  comes|come in
[presale.fit] 3 intent:presale
  will|does|would|do|can|could|is|are ~ fit|work|compatible|suitable
  compatible|compatibility
  work|works|fit|fits with|on|for|in|a|my
[presale.spec] 3 intent:presale
  what|whats|which|how ~ size|sizes|dimensions|measurements|weight|height|width|length|material|fabric|colour|color|colours|colors|brand|voltage|warranty|capacity|big|heavy|tall|power
  is|are it|this|they|these|the? ~ genuine|original|authentic|waterproof|new|real|leather|cotton|washable|dual_voltage
  voltage|volts|110v|220v|220|110|watts
  come|comes with
  include|includes|included
[presale.word] 2 intent:presale
  warranty|guarantee|genuine|authentic|original|dimensions|measurements|waterproof|interested
[presale.use] 2 intent:presale
  how ~ use|install|assemble|wash|clean|set_up|setup
[presale.hint] 1 intent:presale
  ?
  question|questions|size|colour|color

# Privacy, a person, courtesy.
[privacy.request] 3 intent:other sensitive:personal_data
  lgpd|gdpr
  personal data|information
  delete|erase|remove ~ data|account|information
  data protection|breach|leak|privacy
  what data
  right to be forgotten
[other.person] 2 intent:other
  speak|talk|chat ~ person|human|agent|someone|manager|representative|somebody
  real person|human
[other.thanks] 1 intent:other urgency:low
  thanks|thx|ty|cheers|appreciate*
  thank you|u
[other.greeting] 1 intent:other
  hi|hello|hey
  good morning|afternoon|evening

# Haste.
[urgency.soon] 2 urgency:high
  urgent*|asap|immediately|emergency
  right now|away
  as soon as possible
  need ~ by|today|tomorrow|tonight
  for ~ birthday|wedding|trip|christmas|party
  by today|tomorrow|tonight
`,
);
