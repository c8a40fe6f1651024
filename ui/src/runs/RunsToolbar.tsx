import { type Keys } from '../api/types'
import { Icon } from '../shell/Icon'
import { MenuItem } from '../shell/MenuItem'
import { Popover } from '../shell/Popover'
import { useT } from '../shell/settings'
import { Columns } from './Columns'
import { FilterBar } from './FilterBar'
import type { ExperimentRuns } from './useExperimentRuns'
import { keyOf, NO_KEYS, type RunsSearch } from './view'

interface ToolbarProps {
  experimentId: string
  search: RunsSearch
  change: (next: Partial<RunsSearch>) => void
  found: ExperimentRuns
  /** whether the filter was refused by the server */
  invalid: boolean
  onCsv: () => void
  onReport: () => void
  onShowDeleted: () => void
}

/** The controls above the runs of an experiment. */
export function RunsToolbar(props: ToolbarProps) {
  const { experimentId, search, change, found, invalid } = props
  const { rows, tree, columnChoice } = found
  const keys = found.keys ?? NO_KEYS
  const t = useT()
  const charts = search.tab === 'charts'
  return (
    <div className="bar">
      <FilterBar
        value={search.q ?? ''}
        experimentIds={[experimentId]}
        keys={keys}
        invalid={invalid}
        onApply={(q) => change({ q: q || undefined })}
      />
      {rows.fresh > 0 && (
        <button className="btn on" onClick={rows.refresh}>
          {t('newRuns', { n: rows.fresh >= 100 ? '100+' : rows.fresh })}
        </button>
      )}
      <span className="faint num nowrap" aria-live="polite">
        {t('runsCount', { n: rows.runs.length })}
      </span>
      {!charts && (
        <>
          <Columns all={columnChoice.all} columns={columnChoice.chosen} onColumns={columnChoice.setColumns} />
          <button
            className={search.diff ? 'btn on' : 'btn'}
            aria-pressed={search.diff === true}
            onClick={() => change({ diff: search.diff ? undefined : true })}
          >
            {t('onlyDiffer')}
          </button>
          {tree !== undefined && (
            <button
              className={tree ? 'btn on' : 'btn'}
              aria-pressed={tree}
              onClick={() =>
                change(tree ? { tree: false } : { tree: undefined, q: undefined, sort: undefined, group: undefined })
              }
            >
              <Icon name="tree" size={14} />
              {t('tree')}
            </button>
          )}
        </>
      )}
      <GroupMenu keys={keys} group={search.group} onGroup={(group) => change({ group })} />
      <OptionsMenu {...props} charts={charts} />
    </div>
  )
}

function GroupMenu({
  keys,
  group,
  onGroup,
}: {
  keys: Keys
  group: string | undefined
  onGroup: (column: string | undefined) => void
}) {
  const t = useT()
  const columns = [
    ...keys.params.map((p) => `p:${p}`),
    ...keys.tags.filter((tag) => !tag.startsWith('mlflow.') || tag === 'mlflow.source.name').map((tag) => `t:${tag}`),
  ]
  return (
    <Popover
      width={240}
      className={group ? 'btn on' : 'btn'}
      label={<>{group ? `${t('groupBy')}: ${keyOf(group)}` : t('groupBy')}</>}
    >
      {(close) => (
        <>
          <MenuItem close={close} onClick={() => onGroup(undefined)}>
            {t('noGroup')}
          </MenuItem>
          <hr />
          {columns.map((column) => (
            <MenuItem key={column} close={close} active={group === column} onClick={() => onGroup(column)}>
              <span className="ellipsis">{keyOf(column)}</span>
            </MenuItem>
          ))}
        </>
      )}
    </Popover>
  )
}

function OptionsMenu({
  search,
  found: { rows },
  charts,
  onCsv,
  onReport,
  onShowDeleted,
}: ToolbarProps & { charts: boolean }) {
  const t = useT()
  return (
    <Popover className="btn icon" title={t('options')} label={<Icon name="more" />}>
      {(close) => (
        <>
          <MenuItem close={close} icon="refresh" onClick={rows.refresh}>
            {t('refresh')}
          </MenuItem>
          <MenuItem close={close} icon="download" onClick={onCsv}>
            {t('csv')}
          </MenuItem>
          {!charts && !search.deleted && (
            <MenuItem close={close} icon="file" onClick={onReport}>
              {t('addToReport')}
            </MenuItem>
          )}
          <MenuItem close={close} onClick={onShowDeleted}>
            {search.deleted ? t('active') : t('deleted')}
          </MenuItem>
        </>
      )}
    </Popover>
  )
}
