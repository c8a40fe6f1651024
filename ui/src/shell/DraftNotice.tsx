import { useT } from './settings'

/** Says that a draft was restored. */
export function DraftNotice({ onDrop, onKeep }: { onDrop: () => void; onKeep: () => void }) {
  const t = useT()
  return (
    <div className="notice row" role="status" style={{ margin: '0 14px 8px' }}>
      <span style={{ flex: 1 }}>{t('draftFound')}</span>
      <button className="btn small" onClick={onDrop}>
        {t('draftDrop')}
      </button>
      <button className="btn small ghost" onClick={onKeep}>
        {t('draftKeep')}
      </button>
    </div>
  )
}
