import { readTable } from '../rule-table.js';

const ORDER = '订单|包裹|快递|东西|货|件|单|商品|宝贝';
const BROKEN = '坏|破|碎|裂|损坏|破损|变形|漏|有划痕|脏|发霉|过期|断|掉色|开裂';

/** Chinese; characters are compared one by one, traditional forms count as their simplified ones. */
export const CHINESE = readTable(
  8,
  `
# Exceptions: said to rule something out.
[not.refund] 1
  不要|不想|不用|不是要|不需要 申请|办理? 退款|退货|退钱|取消|换货
[not.question] 1
  在 吗|么 ?
  有人 ~ 吗 ?
  好 吗 ?
[not.broken] 1
  没有|没|无 任何|什么? 问题|质量问题|瑕疵|损坏

# Money back.
[refund.money-back] 3 intent:refund sensitive:refund
  退款|退钱|退我钱|还钱|还我钱
  把|我|我的 钱|款 退|还
  钱|款 ~ 没|还没|未 退|到账
  全额|部分 退
  重复|多 ~ 扣|收|付
  钱|款 退
[refund.cancel] 3 intent:refund sensitive:refund
  取消|撤销 ~ ${ORDER}
  不想|不 要了|买了
[refund.cancel-word] 2 intent:refund sensitive:refund
  取消
[refund.chargeback] 3 intent:refund sensitive:chargeback urgency:high
  拒付
  信用卡|银行 ~ 争议|拒付|申诉
  撤销 付款|交易
  仅退款

# Goods back.
[return.phrase] 3 intent:return
  退货|换货|退换|包退
  七天|7天 ~ 无理由|退
  无理由
  怎么|如何|可以|能|想|要|能不能 退
  可以|能|想|要|能不能|怎么|帮我 换 成|个|一|大|小|别|货|颜色|尺码
  换 大|小|成|个|一
  寄回|退回|寄还
[return.word] 1 intent:return
  不合适|不合身|太大|太小|穿不了|不喜欢

# Something is wrong.
[complaint.arrived-broken] 3 intent:complaint
  收到|到手|拿到|打开|到货|寄来|送来 ~ ${BROKEN}|空|少
  就|是|已经|都|全 ${BROKEN}
  ${BROKEN} 了|的
[complaint.wrong] 3 intent:complaint
  发错|寄错|送错|给错
  货不对板|图文不符|与描述不符|和描述不符|跟图片不一样|和图片不一样
  不是我 要|买|订|拍
  错 ~ 颜色|尺码|型号|款
[complaint.missing] 3 intent:complaint
  少 发|寄|了|一|两|个|件|配件|零件
  缺 件|少|零件|配件|货
  漏 发|寄
  没 有|带? 配件|说明书|充电器|螺丝
[complaint.defect] 3 intent:complaint
  用不了|不能用|没法用|开不了机|充不了电|不工作|没反应|打不开|失灵|故障
  质量 ~ 差|有问题|问题|不行|太次|很烂
  用 ~ 坏
  坏 了|的|掉
[complaint.wear] 2 intent:complaint
  掉色|褪色|开胶|起球|开线|脱线|掉漆|生锈|脱胶
[complaint.anger] 2 intent:complaint
  骗子|骗人|欺骗|欺诈|诈骗|虚假|垃圾|太差|差劲|差评|坑人|坑|失望|气死|过分|无语|恶心|黑心|不负责|态度差|态度恶劣|烂
  假货|山寨|高仿|仿冒|冒牌
[complaint.word] 3 intent:complaint
  投诉
  给差评|打差评
[complaint.silence] 2 intent:complaint urgency:high
  没人|一直不|都不|不|没有人|不理 回复|回|理|处理|回我|理我
  问|发|说 了 ~ 遍|次|多次
  不理人
[legal.threat] 3 intent:complaint sensitive:legal urgency:high
  起诉|律师|法院|报警|告你|告你们|维权|工商局|12315|消协|消费者协会|消费者权益|举报|曝光|法律
  procon
  警察
[safety.injury] 3 intent:complaint sensitive:safety urgency:critical
  受伤|烫伤|烧伤|割伤|划伤|触电|漏电|起火|着火|爆炸|冒烟|中毒|住院|进医院|去医院|急诊|流血|过敏反应|自燃|被电
  伤 到|了
  用 ~ 过敏
  过敏 了

# Papers.
[invoice.phrase] 3 intent:invoice
  发票|开票|普票|专票|增值税
  开 ~ 票
[invoice.word] 2 intent:invoice
  抬头|税号|收据|纳税人

# On its way, or not.
[delivery.when] 3 intent:delivery
  什么时候|几时|何时|多久|几天|哪天|啥时候|多长时间 ~ 到|送|收到|收货|到货|送达
  到货 时间
  能|可以|会 ~ 前|之前 ~ 到|送到|收到
  预计 ~ 到|送达
  前 ~ 能到|送到|收到
  周|星期|明天|今天 ~ 能 到|收到
[delivery.late] 3 intent:delivery
  没|没有|未|还没|还未|一直没 有? 收到|送到|到货|送来|到
  没影|不见踪影
  过 ~ 时间|预计
  太慢|好慢|很慢|延误|迟到|超时|延迟|晚到
  等 了 ~ 天|周|月|星期|久
  怎么 还|这么 ~ 不|没|慢 ~ 到
[delivery.area] 3 intent:delivery
  能|可以|可|能不能|支持|是否 寄|发|送|邮寄|配送|发货 到|往|国外|海外|去
  包 送
[delivery.address] 3 intent:delivery
  改|换|修改|更改|变更|填错|写错 ~ 地址
  地址 ~ 错|改|修改|换|不对|不全
  收货 地址|人
  新 地址|住址
  搬家
[delivery.lost] 3 intent:delivery
  显示|说|写着 ~ 签收|送达|已送
  丢 件|了|失
  弄丢|丢失
  快递|物流|包裹|司机 送错
  送错 ~ 地方|地址
[delivery.carrier] 1 intent:delivery
  快递|物流|配送|派送|海关|清关|到货

# What became of an order.
[order.where] 3 intent:order_status
  ${ORDER} ~ 哪|到哪|在哪|哪里|怎么样|什么情况|什么状态
  哪里|在哪|到哪 ~ ${ORDER}
  到哪 了|里
[order.sent] 3 intent:order_status
  发货 了|没|吗
  发 了 吗|没|货
  什么时候|几时|何时|多久|几天|啥时候|哪天 ~ 发货|发出|寄出|发
  没|没有|未|还没|还不|不|怎么 ~ 发货|寄出|发出
  已经|已 发货|寄出
[order.tracking] 3 intent:order_status
  单号|运单|快递号|物流信息|查物流|查快递|追踪|跟踪
  物流 ~ 更新|没动|不动
[order.state] 3 intent:order_status
  付款|支付|付 ~ 待|处理|确认|成功|失败|到账|没显示
  订单 ~ 状态|进度|处理|确认
  状态|进度
  待处理|待发货|处理中
[order.hint] 1 intent:order_status
  我的 订单|包裹|快递|货
  订单号|下单|下的单

# Price and terms.
[price.ask] 3 intent:price
  多少钱|什么价|怎么卖
  给 ~ 价
  多少 ~ 钱
  买 ~ 多少
  运费|邮费|快递费
  价格|价钱|报价|单价
[price.bargain] 3 intent:price
  便宜|优惠|打折|折扣|包邮|免邮|批发|砍价|讲价|议价|满减|促销|分期|优惠券|最低价|少点|能少
  太贵|好贵|有点贵
  支付宝|微信 ~ 付|支付
[price.word] 1 intent:price
  贵|免费

# Before buying.
[presale.stock] 3 intent:presale
  有货|现货|缺货|库存|补货|断货
  还有 ~ 吗|没
  有 ~ 码|色|款|号|尺寸|规格|版本 ~ 吗|没|么
  有没有 ~ 码|色|款|号|尺寸|型号|货
[presale.fit] 3 intent:presale
  适合|适用|兼容|匹配|支持|配 ~ 吗|么
  能|可以 用|配|装 ~ 吗|么
  能不能 用|配|装
[presale.spec] 3 intent:presale
  是 正品|真皮|全新|原装|真的|防水|纯棉
  正品|原装|保修|质保|保质期
  尺寸|尺码|规格|参数|重量|材质|面料|颜色|电压|功率|容量|型号|多大|多重|多高 ~ 多少|什么|哪|吗|有
  什么|哪些|几种|哪几个 尺寸|尺码|规格|材质|面料|颜色|牌子|品牌
  防水|多大|电压|伏 ~ 吗|么|的
  带|送|含|包含|附 ~ 吗|么
  会不会|是不是|有没有
[presale.word] 1 intent:presale
  ?
  尺寸|尺码|材质|颜色|规格|码
[presale.use] 2 intent:presale
  怎么|如何 用|使用|安装|洗|清洗|组装|操作

# Privacy, a person, courtesy.
[privacy.request] 3 intent:other sensitive:personal_data
  个人信息|隐私|个人资料|个人数据
  删除|注销 ~ 账号|信息|数据|资料|账户
  泄露 ~ 信息|数据|资料
  信息|数据|资料 ~ 泄露
  lgpd
[other.person] 2 intent:other
  人工|真人|转人工
  找 ~ 客服|经理|负责人
[other.thanks] 1 intent:other urgency:low
  谢谢|多谢|感谢|辛苦了|谢了
[other.greeting] 1 intent:other
  你好|您好|在吗|亲|早上好|晚上好|哈喽

# Haste.
[urgency.soon] 2 urgency:high
  急|加急|紧急|尽快|赶紧|马上|立刻|快点|立即
  今天|明天|周末|周五|后天 ~ 要用|必须|就要
  生日|婚礼|结婚 ~ 用|前|送
`,
);
