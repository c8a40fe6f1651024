import { useState } from 'react'
import { type RunRow } from '../api/types'
import type { RunAppearance } from '../runs/colours'
import { RunAppearanceMenu } from '../runs/RunAppearanceMenu'
import { RunNameLink } from '../runs/RunNameLink'
import { Icon } from '../shell/Icon'
import { SearchBox } from '../shell/SearchBox'
import { useT } from '../shell/settings'

/** The number of runs that are listed. The search finds the others. */
const MAX_RUNS = 200

/** The list of runs beside the charts, with their colours and switches that hide them. */
export function RunList({ runs, drawn, looks }: { runs: RunRow[]; drawn: RunRow[]; looks: RunAppearance }) {
  const t = useT()
  const [text, setText] = useState('')
  const lines = new Set(drawn.map((run) => run.run_id))
  const found = runs.filter((run) => run.run_name.toLowerCase().includes(text.toLowerCase()))
  const anyHidden = found.some((run) => looks.isHidden(run.run_id))
  return (
    <aside className="run-list" aria-label={t('runs')}>
      <div className="row" style={{ padding: '8px 10px' }}>
        <SearchBox label={t('searchRuns')} style={{ flex: 1, height: 26 }} value={text} onChange={setText} />
        <button
          className="btn small ghost icon"
          title={anyHidden ? t('showAll') : t('hideAll')}
          aria-label={anyHidden ? t('showAll') : t('hideAll')}
          onClick={() =>
            looks.hide(
              found.map((run) => run.run_id),
              !anyHidden,
            )
          }
        >
          <Icon name={anyHidden ? 'eyeOff' : 'eye'} size={14} />
        </button>
      </div>
      <ul>
        {found.slice(0, MAX_RUNS).map((run) => {
          const hidden = looks.isHidden(run.run_id)
          return (
            <li key={run.run_id} className={hidden ? 'hidden-run' : ''}>
              <RunAppearanceMenu
                name={run.run_name}
                colour={looks.colour(run.run_id)}
                hidden={hidden || !lines.has(run.run_id)}
                onColour={(colour) => looks.setColour(run.run_id, colour)}
                onToggle={() => looks.toggle(run.run_id)}
              />
              <RunNameLink className="runname ellipsis" run={run} />
              <button
                className="th-menu"
                aria-pressed={!hidden}
                aria-label={`${hidden ? t('showRun') : t('hideRun')}: ${run.run_name}`}
                onClick={() => looks.toggle(run.run_id)}
              >
                <Icon name={hidden ? 'eyeOff' : 'eye'} size={13} />
              </button>
            </li>
          )
        })}
        {found.length > MAX_RUNS && (
          <li className="faint num">{t('chartsHidden', { n: MAX_RUNS, all: found.length })}</li>
        )}
      </ul>
    </aside>
  )
}
