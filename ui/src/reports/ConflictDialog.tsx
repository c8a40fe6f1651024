import { type Report } from '../api/types'
import { Dialog } from '../shell/Dialog'
import { useT } from '../shell/settings'

/** Asks what to do when somebody else has saved a version of the report in the meantime. */
export function ConflictDialog({
  theirs,
  close,
  onOverwrite,
}: {
  /** the version that was saved in the meantime */
  theirs: Report
  close: () => void
  onOverwrite: () => void
}) {
  const t = useT()
  return (
    <Dialog title={t('conflict')} close={close}>
      <p>{t('conflictText', { who: theirs.author, n: theirs.version })}</p>
      <p>
        <a href={`#/reports/${theirs.report_id}?version=${theirs.version}`} target="_blank" rel="noreferrer">
          {t('conflictLook', { n: theirs.version })}
        </a>
      </p>
      <div className="actions">
        <button className="btn" onClick={close}>
          {t('conflictStay')}
        </button>
        <button className="btn danger" onClick={onOverwrite}>
          {t('conflictMine')}
        </button>
      </div>
    </Dialog>
  )
}
