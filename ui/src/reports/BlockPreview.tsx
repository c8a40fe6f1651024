import { useT } from '../shell/settings'
import type { Block } from './blocks'
import { LiveChart } from './LiveChart'
import { LiveTable } from './LiveTable'

/** A block of a report as it will look; null for one that is not complete. */
export function BlockPreview({ block }: { block: Block | null }) {
  const t = useT()
  const key = JSON.stringify(block)
  return (
    <div className="report" aria-label={t('preview')} role="region" tabIndex={0}>
      {block?.show === 'chart' ? (
        <LiveChart key={key} block={block} />
      ) : block?.show === 'table' ? (
        <LiveTable key={key} block={block} />
      ) : (
        <p className="empty">{t('choosePreview')}</p>
      )}
    </div>
  )
}
