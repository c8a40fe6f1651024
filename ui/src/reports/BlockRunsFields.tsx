import { type Keys } from '../api/types'
import { columnLabel } from '../runs/columnLabel'
import { FilterBar } from '../runs/FilterBar'
import { allColumns, sortable } from '../runs/view'
import { useT } from '../shell/settings'
import { maxRuns, runsWithinLimits, type BlockFields } from './blockFields'
import type { Block } from './blocks'
import { ExperimentSelect } from './ExperimentSelect'

/** The fields of the form of a block that choose its runs. */
export function BlockRunsFields({
  show,
  fields,
  experiment,
  keys,
  onChange,
}: {
  show: Block['show']
  fields: BlockFields
  /** the id of the chosen or suggested experiment */
  experiment: string | undefined
  keys: Keys
  onChange: (next: Partial<BlockFields>) => void
}) {
  const t = useT()
  return (
    <>
      <ExperimentSelect value={experiment} onChange={(id) => onChange({ experiment: id, columns: undefined })} />
      <div className="field">
        {t('filterRuns')}
        <FilterBar
          value={fields.filter}
          experimentIds={experiment ? [experiment] : []}
          keys={keys}
          invalid={false}
          onApply={(filter) => onChange({ filter })}
        />
      </div>
      <div className="row" style={{ alignItems: 'flex-end' }}>
        <label className="field" style={{ flex: 1 }}>
          {t('sortBy')}
          <select className="input" value={fields.sort} onChange={(event) => onChange({ sort: event.target.value })}>
            <option value="">{t('started')} ↓</option>
            {allColumns(keys)
              .filter(sortable)
              .map((column) => [
                <option key={`-${column}`} value={`-${column}`}>
                  {columnLabel(column, t)} ↓
                </option>,
                <option key={column} value={column}>
                  {columnLabel(column, t)} ↑
                </option>,
              ])}
          </select>
        </label>
        <label className="field">
          {t('runsShown')}
          <input
            className="input num"
            type="number"
            min={1}
            max={maxRuns(show)}
            style={{ width: 84 }}
            value={fields.n}
            onChange={(event) => onChange({ n: runsWithinLimits(Number(event.target.value), show) })}
          />
        </label>
      </div>
    </>
  )
}
