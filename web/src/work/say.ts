// The words of a page: its own, and those the server gives in three languages.
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { Problem, type Schemas } from '@/shared/api'
import { KeeperFault } from './keeper'
import { dayWords, instantWords, leftOf, limitWords } from './time'

type Title = Schemas['Title'] | null | undefined

export function useSay() {
  const { t, locale } = useI18n()
  const lang = computed(() => locale.value as keyof Schemas['Title'])
  const words = (key: string, named?: Record<string, unknown>, plural?: number) => t(key, named ?? {}, plural ?? 1)
  const say = (title: Title) => (title ? title[lang.value] || title['zh-CN'] : '')
  return {
    t,
    lang,
    say,
    day: (d: string | null | undefined) => (d ? dayWords(d, lang.value) : '—'),
    at: (i: string | null | undefined, weekday = false) => instantWords(i, lang.value, weekday),
    limit: (l: string | null | undefined) => limitWords(l, words),
    left: (m: Parameters<typeof leftOf>[0]) => leftOf(m, words),
    number: (n: number) => new Intl.NumberFormat(lang.value).format(n),
    percent: (basisPoints: number | null | undefined) =>
      basisPoints == null ? '—' : (basisPoints / 100).toFixed(1).replace(/\.0$/, '') + '%',
    light: (l: string) =>
      ({ green: t('light_green'), blue: t('light_blue'), yellow: t('light_yellow'), orange: t('light_orange'), red: t('light_red') })[l] ??
      t('light_none'),
    lightMeans: (l: string) =>
      ({
        green: t('light_green_means'),
        blue: t('light_blue_means'),
        yellow: t('light_yellow_means'),
        orange: t('light_orange_means'),
        red: t('light_red_means'),
      })[l] ?? t('light_none_means'),
    cardLevel: (l: string) => ({ warning: t('card_warning'), yellow: t('card_yellow'), red: t('card_red') })[l] ?? l,
    cardState: (s: string) => ({ stands: t('card_stands'), contested: t('card_contested'), upheld: t('card_upheld'), annulled: t('card_annulled') })[s] ?? s,
    cardTone: (s: string) => (({ contested: 'warning', upheld: 'danger', annulled: 'info' })[s] ?? 'primary') as 'warning' | 'danger' | 'info' | 'primary',
    accountState: (s: string) => ({ open: t('account_is_open'), locked: t('account_is_locked'), closed: t('account_is_shut') })[s] ?? s,
    accountTone: (s: string) => (({ open: 'success', locked: 'danger' })[s] ?? 'info') as 'success' | 'danger' | 'info',
    gap: (g: string) =>
      ({ no_statutory_limit: t('gap_statutory'), no_pledged_limit: t('gap_pledged'), no_basis: t('gap_basis'), no_conditions: t('gap_conditions'), no_papers: t('gap_papers'), no_steps: t('gap_steps') })[g] ?? g,
    itemState: (s: string) => ({ kept: t('item_kept'), cut: t('item_cut'), merged: t('item_merged'), handed_down: t('item_handed_down') })[s] ?? s,
    itemType: (x: string) =>
      ({ licence: t('type_licence'), penalty: t('type_penalty'), coercion: t('type_coercion'), levy: t('type_levy'), grant: t('type_grant'), inspection: t('type_inspection'), confirmation: t('type_confirmation'), reward: t('type_reward'), ruling: t('type_ruling'), other: t('type_other'), service: t('type_service'), internal: t('type_internal') })[x] ?? x,
    guard: (g: string) => ({ normal: t('guard_normal'), protected: t('guard_protected'), sealed: t('guard_sealed') })[g] ?? g,
    unitKind: (k: string) => ({ region: t('unit_region'), organ: t('unit_organ'), section: t('unit_section'), window: t('unit_window') })[k] ?? k,
    reach: (r: string) => ({ own: t('reach_own'), below: t('reach_below'), all: t('reach_all') })[r] ?? r,
    sealState: (s: string) => ({ requested: t('identity_requested'), consented: t('identity_consented'), opened: t('identity_opened'), refused: t('identity_refused') })[s] ?? t('identity_expired'),
    sealTone: (s: string) => (({ opened: 'danger', requested: 'warning', consented: 'warning' })[s] ?? 'info') as 'danger' | 'warning' | 'info',
    problem: (e: unknown) => problemWords(e, t),
  }
}

export function problemWords(e: unknown, t: (key: string) => string): { head: string; detail: string } {
  if (e instanceof KeeperFault) {
    const faults: Record<string, string> = { key_file: t('seal_fault_key_file'), passphrase: t('seal_fault_passphrase'), not_yours: t('seal_fault_not_yours'), not_mine: t('seal_fault_not_mine'), damaged: t('seal_fault_damaged'), memory: t('seal_fault_memory'), weak: t('passphrase_short') }
    return { head: faults[e.what] ?? t('seal_fault_browser'), detail: '' }
  }
  if (e instanceof TypeError) return { head: t('err_offline'), detail: '' }
  if (!(e instanceof Problem)) return { head: t('err_page'), detail: e instanceof Error ? e.message : String(e) }
  const known: Record<string, string> = {
    bad_login: t('err_bad_login'),
    no_login: t('err_no_login'),
    need_factor: t('err_need_factor'),
    forbidden: t('err_forbidden'),
    not_found: t('err_not_found'),
    no_route: t('err_not_found'),
    too_many: t('err_too_many'),
    bad_field: t('err_bad_field'),
    not_now: t('err_not_now'),
    stale: t('err_stale'),
    store_busy: t('err_busy'),
    too_slow: t('err_too_slow'),
    unknown_fate: t('err_unknown_fate'),
  }
  return { head: known[e.code] ?? (e.status >= 500 ? t('err_server') : t('err_other')), detail: e.message }
}
