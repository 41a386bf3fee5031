import people from './people.json' // also for the pages without scripts: src/plain

// Which class a text in one's own words belongs to: by the words that people use for it. Only a proposal,
// shown first and always to be changed; a class of the city that is not here is found by its title.
const WORDS: Record<string, string> = {
  urban_rural: '路灯 路燈 井盖 井蓋 下水 排水 积水 積水 违建 違建 违章建筑 物业 物業 小区 小區 电梯 電梯 停水 停电 停電 燃气 燃氣 供暖 暖气 拆迁 绿化 路面 坑 人行道 垃圾 streetlight lamp sewer drain lift elevator building pavement rubbish garbage heating',
  environment: '污染 噪音 噪声 噪聲 油烟 油煙 扬尘 揚塵 异味 異味 臭 废气 廢氣 污水 排污 焚烧 焚燒 pollution noise smell smoke dust sewage',
  transport: '公交 公車 地铁 地鐵 出租 打车 打車 停车 停車 堵车 堵車 红绿灯 紅綠燈 交通 公路 班车 车站 車站 bus metro taxi parking traffic road station',
  education: '学校 學校 老师 老師 教师 教師 学费 學費 补课 補課 入学 入學 幼儿园 幼兒園 校车 校車 培训 培訓 体育 體育 图书馆 圖書館 school teacher tuition pupil kindergarten library',
  labour: '工资 工資 欠薪 社保 养老金 養老金 退休 工伤 工傷 劳动 勞動 加班 合同 失业 失業 医保 醫保 就业 就業 wage salary unpaid pension labour injury overtime',
  commerce: '消费 消費 退款 假货 假貨 价格 價格 欺诈 欺詐 预付卡 預付卡 旅游 旅遊 导游 導遊 酒店 超市 快递 快遞 refund fake price shop hotel tourist delivery',
  health: '医院 醫院 医生 醫生 看病 挂号 掛號 药 藥 疫苗 食品安全 卫生 衛生 救护 救護 hospital doctor medicine vaccine hygiene clinic',
  land: '土地 宅基地 征地 徵地 产权 產權 房产证 房產證 不动产 不動產 采矿 採礦 land title mining property',
  civil_affairs: '低保 救助 残疾 殘疾 养老院 養老院 婚姻 殡葬 殯葬 孤儿 孤兒 社区服务 disability welfare funeral marriage orphan',
  rural: '农村 農村 农田 農田 灌溉 种子 種子 化肥 村委 耕地 养殖 養殖 补贴 補貼 village farm irrigation harvest',
  economy: '税 稅 发票 發票 营业执照 營業執照 企业 企業 招商 银行 銀行 贷款 貸款 tax invoice business loan bank',
  technology: '宽带 寬帶 网络 網絡 信号 信號 电信 電信 短信 诈骗 詐騙 手机 手機 network broadband signal telecom phone',
  justice: '派出所 警察 户口 戶口 身份证 身份證 打架 盗窃 盜竊 报警 報警 法院 police theft court residence',
  conduct: '态度 態度 推诿 推諉 踢皮球 不作为 不作為 乱收费 亂收費 吃拿卡要 索要 红包 紅包 服务差 窗口 迟到 rude bribe attitude shirk window clerk',
  party_affairs: '党员 黨員 支部 干部 幹部 公务员 公務員 选举 選舉 party cadre election',
}

// These words of the list are for the office: how a licence is handled, what an instruction is.
const OFFICE = new Set(people.office)
export const forPeople = <T extends { id: string }>(list: T[]) => list.filter((w) => !OFFICE.has(w.id))

export interface Word {
  id: string
  title: Record<string, string>
}

/** The ids of CLASSES that fit best, best first; none when nothing speaks for any. */
export function guessClasses(text: string, classes: Word[], most = 3): string[] {
  const said = text.toLowerCase()
  const score = (c: Word) => {
    const own = Object.values(c.title).filter((t) => t.length > 1 && said.includes(t.toLowerCase())).length * 3
    return own + (WORDS[c.id] ?? '').split(' ').filter((w) => w && said.includes(w)).reduce((n, w) => n + (w.length > 1 ? 2 : 1), 0)
  }
  return classes
    .map((c) => ({ id: c.id, n: score(c) }))
    .filter((c) => c.n > 0)
    .sort((a, b) => b.n - a.n)
    .slice(0, most)
    .map((c) => c.id)
}

/** Which kind of matter: a complaint about an office, a request for information, or what a hotline takes. */
export function guessKind(text: string, kinds: string[]): string {
  const wants: [string, RegExp][] = [
    ['disclosure', /公开信息|公開信息|信息公开|資訊公開|信息公開|申请公开|申請公開|disclos|freedom of information/i],
    ['petition', /信访|信訪|上访|上訪|petition/i],
    ['complaint', /投诉|投訴|态度|態度|推诿|推諉|不作为|不作為|索要|红包|紅包|吃拿卡要|乱收费|亂收費|举报|舉報|complain|rude|bribe/i],
  ]
  for (const [kind, words] of wants) if (kinds.includes(kind) && words.test(text)) return kind
  return ['hotline', 'complaint'].find((k) => kinds.includes(k)) ?? kinds[0] ?? ''
}

/** The first sentence, for the title. */
export function titleOf(text: string): string {
  const first = text.trim().split(/[。！？!?\n]|\.\s/)[0]?.trim() ?? ''
  const chars = [...first]
  return chars.length > 60 ? chars.slice(0, 59).join('') + '…' : first
}
