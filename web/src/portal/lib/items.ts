// Words for service items.
import { useI18n } from 'vue-i18n'
import { limitOf } from './days'

/** "5wd" with the key of its words; on the spot when it is nothing; null when it is not known. */
export function limitKey(limit: string | undefined): { key: string; n: number } | null {
  const x = limit ? limitOf(limit) : null
  if (!x) return null
  return x.n ? { key: `unit.${x.unit}`, n: x.n } : { key: 'guide.at_once', n: 0 }
}

export function useItems() {
  const { t, te } = useI18n()
  return {
    limitWords(limit: string | undefined) {
      const k = limitKey(limit)
      return k ? t(k.key, [k.n]) : t('guide.unknown')
    },
    typeName: (type: string) => (te(`guide.type.${type}`) ? t(`guide.type.${type}`) : type),
  }
}
