import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { origins } from '../api/imports'
import type { Origin } from '../api/types'
import { ago, instant } from '../shell/format'
import { readStored, useT, writeStored } from '../shell/settings'

/** Says where an experiment was imported from, until it is hidden in this browser or there is another import. */
export function OriginBanner({ experimentId }: { experimentId: string }) {
  const found = useQuery(origins(experimentId))
  const key = `origin.${experimentId}`
  const [hidden, setHidden] = useState(() => readStored<number>(key) ?? 0)
  const all = found.data ?? []
  const latest = all[0]
  if (!latest || latest.import_time <= hidden) return null
  return (
    <OriginNotice
      all={all}
      hide={() => {
        writeStored(key, latest.import_time)
        setHidden(latest.import_time)
      }}
    />
  )
}

function OriginNotice({ all, hide }: { all: Origin[]; hide: () => void }) {
  const t = useT()
  const [open, setOpen] = useState(false)
  const partial = all.some((origin) => !origin.complete)
  const more = all.some((origin) => origin.left?.length)
  return (
    <section className="notice info row" aria-label={t('import')} style={{ margin: '0 14px 8px' }}>
      <div style={{ flex: 1, minWidth: 0 }}>
        {all.map((origin) => (
          <div key={origin.source}>
            <span className="break">{t('importedFrom', { source: origin.source })}</span>{' '}
            <span className="faint" title={instant(origin.import_time)}>
              {t('importedBy', { when: ago(origin.import_time, t), who: origin.imported_by })}
            </span>
            {open && origin.left && (
              <div className="soft">
                {t('importLeft')}: {origin.left.join(t('listSeparator'))}
              </div>
            )}
          </div>
        ))}
        {partial && <div className="soft">{t('importPartial')}</div>}
      </div>
      {more && (
        <button className="btn small ghost" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t('showDetails')}
        </button>
      )}
      <button className="btn small ghost" onClick={hide}>
        {t('hide')}
      </button>
    </section>
  )
}
