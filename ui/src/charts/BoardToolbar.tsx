import { keyOf, type RunsSearch } from '../runs/view'
import { Icon } from '../shell/Icon'
import { useT } from '../shell/settings'
import { AxisSwitch } from './AxisSwitch'

/** The controls above the charts of an experiment. */
export function BoardToolbar({
  search,
  change,
  drawn,
  total,
  list,
  onList,
  onAdd,
  onCopyLink,
}: {
  search: RunsSearch
  change: (next: Partial<RunsSearch>) => void
  /** the number of runs that lines and bars show */
  drawn: number
  /** the number of runs of the search */
  total: number
  /** whether the list of runs is shown */
  list: boolean
  onList: (on: boolean) => void
  onAdd: () => void
  onCopyLink: () => void
}) {
  const t = useT()
  const axis = search.axis ?? 'STEP'
  const n = search.n ?? 20
  return (
    <div className="bar" style={{ paddingBottom: 0 }}>
      <button
        className={list ? 'btn icon on' : 'btn icon'}
        aria-pressed={list}
        title={t('runs')}
        aria-label={t('runs')}
        onClick={() => onList(!list)}
      >
        <Icon name="list" size={14} />
      </button>
      <AxisSwitch value={axis} onChange={(next) => change({ axis: next === 'STEP' ? undefined : next })} />
      <label className="row soft">
        {t('runsShown')}
        <select
          className="input"
          value={n}
          onChange={(event) =>
            change({ n: Number(event.target.value) === 20 ? undefined : Number(event.target.value) })
          }
        >
          {[5, 10, 20, 50, 100].map((count) => (
            <option key={count} value={count}>
              {count}
            </option>
          ))}
        </select>
      </label>
      <span className="faint num">{t('chartsHidden', { n: drawn, all: total })}</span>
      {search.group && (
        <span className="chip accent">
          {t('band')}: {keyOf(search.group)}
        </span>
      )}
      <span className="spacer" />
      <button className="btn" onClick={onAdd}>
        <Icon name="plus" size={13} />
        {t('addChart')}
      </button>
      <button className="btn ghost" onClick={onCopyLink}>
        <Icon name="link" size={14} />
        {t('boardLink')}
      </button>
      {search.board && (
        <button className="btn ghost" onClick={() => change({ board: undefined })}>
          {t('boardReset')}
        </button>
      )}
    </div>
  )
}
