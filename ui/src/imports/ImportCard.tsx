import { useState } from 'react'
import { cancelImport } from '../api/imports'
import type { Import } from '../api/types'
import { ago, duration, instant } from '../shell/format'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'
import { ImportSummary } from './ImportSummary'
import { progressOf } from './importForm'

const STATE_CLASS = { RUNNING: 'accent', COMPLETED: 'good', CANCELLED: '', FAILED: 'bad', INTERRUPTED: 'warn' } as const

/** An import: its progress while it runs, then what it did. */
export function ImportCard({
  of,
  again,
  changed,
  initiallyOpen,
}: {
  of: Import
  /** runs it again, or goes on; undefined while another one is running */
  again?: () => void
  changed: () => void
  initiallyOpen: boolean
}) {
  const t = useT()
  const [open, setOpen] = useState(initiallyOpen)
  const running = of.state === 'RUNNING'
  const ended = of.end_time ?? of.update_time
  const again_text =
    of.state === 'COMPLETED'
      ? of.dry_run
        ? t('importNow')
        : t('importAgain')
      : of.dry_run
        ? t('dryRun')
        : t('importGoOn')
  return (
    <section className="card" aria-label={`${t('import')} ${of.import_id}`}>
      <header style={{ flexWrap: 'wrap' }}>
        <span className={`chip ${STATE_CLASS[of.state]}`}>{t(`import_${of.state}`)}</span>
        {of.dry_run && <span className="chip">{t('dryRun')}</span>}
        <span className="mono break" style={{ minWidth: 0 }}>
          {of.source}
        </span>
        <span className="spacer" />
        <span className="faint nowrap" title={instant(of.start_time)}>
          {t('importedBy', { when: ago(of.start_time, t), who: of.started_by })}
          {!running && ` · ${duration(ended - of.start_time, t)}`}
        </span>
        {!running && (
          <button className="btn small ghost" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? t('hide') : t('showDetails')}
          </button>
        )}
        {!running && again && (
          <button className="btn small" onClick={again}>
            {again_text}
          </button>
        )}
      </header>
      {running ? (
        <div className="body">
          <Progress of={of} changed={changed} />
        </div>
      ) : (
        open && (
          <div className="body stack">
            {of.message && (
              <p className="error" role="alert">
                {of.message}
              </p>
            )}
            {of.state === 'INTERRUPTED' && !of.dry_run && <p className="soft">{t('importInterrupted')}</p>}
            {of.state === 'CANCELLED' && !of.dry_run && <p className="soft">{t('importCancelled')}</p>}
            {of.description && <p className="faint break">{of.description}</p>}
            <ImportSummary of={of} />
          </div>
        )
      )}
    </section>
  )
}

function Progress({ of, changed }: { of: Import; changed: () => void }) {
  const t = useT()
  const act = useAction()
  const [cancelling, setCancelling] = useState(false)
  const { share, rate, left } = progressOf(of)
  const { runs, points, runs_total, points_total } = of.progress
  return (
    <div className="stack" style={{ gap: 8 }}>
      <progress
        className="meter"
        aria-label={t('import_RUNNING')}
        max={1}
        value={of.description === undefined ? undefined : share}
      />
      <div className="row wrap num soft">
        {of.description === undefined ? (
          <span>{t('importReading')}</span>
        ) : (
          <>
            <span>
              {runs_total === undefined ? t('runsCount', { n: runs }) : t('runsOf', { n: runs, all: runs_total })}
            </span>
            <span>
              {points_total === undefined
                ? t('pointsCount', { n: points })
                : t('pointsOf', { n: points, all: points_total })}
            </span>
            {rate !== undefined && <span>{t('perSecond', { n: rate })}</span>}
            {left !== undefined && <span>{t('timeLeft', { when: duration(left, t) })}</span>}
          </>
        )}
        <span className="spacer" />
        {cancelling ? (
          <span role="status">{t('importCancelling')}</span>
        ) : (
          <button
            className="btn small"
            onClick={() =>
              void act(() => cancelImport(of.import_id)).then((done) => {
                setCancelling(done)
                changed()
              })
            }
          >
            {t('importCancel')}
          </button>
        )}
      </div>
    </div>
  )
}
