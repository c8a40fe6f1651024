import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { experiments as experimentsQuery } from '../api/experiments'
import { keys as keysQuery } from '../api/runs'
import { type Axis, type Keys } from '../api/types'
import type { Card } from '../charts/cards'
import { ChartForm } from '../charts/ChartForm'
import { columnLabel } from '../runs/columnLabel'
import { FilterBar } from '../runs/FilterBar'
import { allColumns, defaultColumns, NO_KEYS, sortable } from '../runs/view'
import { Dialog } from '../shell/Dialog'
import { useDebounced } from '../shell/hooks'
import { readStored, useT, writeStored } from '../shell/settings'
import type { Block } from './blocks'
import { LiveChart } from './LiveChart'
import { LiveTable } from './LiveTable'

/** The key of the experiment that was chosen last. */
const LAST = 'report.experiment'

/** Asks which runs of which experiment a block of a report shows, and how. */
export function BlockDialog({
  show,
  initial,
  close,
  remove,
  done,
}: {
  show: Block['show']
  initial?: Block
  close: () => void
  remove?: () => void
  done: (block: Block) => void
}) {
  const t = useT()
  const all = useQuery(experimentsQuery())
  const [chosen, setExperiment] = useState(initial?.experiment ?? readStored<string>(LAST))
  const experiment =
    chosen ?? all.data?.find((one) => one.experiment_id !== '0')?.experiment_id ?? all.data?.[0]?.experiment_id
  const known = useQuery({ ...keysQuery(experiment ? [experiment] : []), enabled: experiment !== undefined })
  const keys = known.data ?? NO_KEYS
  const [filter, setFilter] = useState(initial?.filter ?? '')
  const [sort, setSort] = useState(initial?.sort ?? '')
  const [n, setN] = useState(initial?.n ?? (show === 'chart' ? 20 : 10))
  const [group, setGroup] = useState(initial?.show === 'chart' ? (initial.group ?? '') : '')
  const [axis, setAxis] = useState<Axis>(initial?.show === 'chart' ? (initial.axis ?? 'STEP') : 'STEP')
  const [width, setWidth] = useState<number>(initial?.show === 'chart' ? (initial.card.w ?? 12) : 12)
  const [card, setCard] = useState<Card | null>(initial?.show === 'chart' ? initial.card : null)
  const [picked, setColumns] = useState(initial?.show === 'table' ? initial.columns : undefined)
  const columns = useMemo(
    () =>
      picked ??
      defaultColumns(keys)
        .filter((c) => c !== 'a:start_time')
        .slice(0, 7),
    [picked, keys],
  )
  const block = blockOf(
    { show, experiment: experiment ?? '', filter, sort, n },
    show === 'table' ? { columns } : { card, width, axis, group },
  )
  const shown = useDebounced(JSON.stringify(block), 300)
  const preview = JSON.parse(shown) as Block | null
  const sorts = allColumns(keys).filter(sortable)
  const name = show === 'chart' ? t('chart') : t('runTable')
  return (
    <Dialog title={name} close={close} wide>
      <div className="block-form">
        <div className="stack" style={{ gap: 12 }}>
          <label className="field">
            {t('experiment')}
            <select
              className="input"
              value={experiment ?? ''}
              onChange={(event) => {
                setExperiment(event.target.value)
                setColumns(undefined)
              }}
            >
              {(all.data ?? []).map((one) => (
                <option key={one.experiment_id} value={one.experiment_id}>
                  {one.name}
                </option>
              ))}
            </select>
          </label>
          <div className="field">
            {t('filterRuns')}
            <FilterBar
              value={filter}
              experimentIds={experiment ? [experiment] : []}
              keys={keys}
              invalid={false}
              onApply={setFilter}
            />
          </div>
          <div className="row" style={{ alignItems: 'flex-end' }}>
            <label className="field" style={{ flex: 1 }}>
              {t('sortBy')}
              <select className="input" value={sort} onChange={(event) => setSort(event.target.value)}>
                <option value="">{t('started')} ↓</option>
                {sorts.map((column) => [
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
                max={show === 'chart' ? 1000 : 200}
                style={{ width: 84 }}
                value={n}
                onChange={(event) =>
                  setN(
                    Math.max(1, Math.min(show === 'chart' ? 1000 : 200, Math.round(Number(event.target.value)) || 1)),
                  )
                }
              />
            </label>
          </div>
          {show === 'table' ? (
            <ColumnChoices columns={allColumns(keys)} chosen={columns} onChange={setColumns} />
          ) : (
            known.isSuccess && (
              <>
                <ChartForm
                  key={experiment}
                  keys={keys}
                  initial={chosen === initial?.experiment && initial?.show === 'chart' ? initial.card : undefined}
                  onCard={setCard}
                />
                <ChartOptions
                  lines={card?.type === 'line'}
                  keys={keys}
                  group={group}
                  onGroup={setGroup}
                  axis={axis}
                  onAxis={setAxis}
                  width={width}
                  onWidth={setWidth}
                />
              </>
            )
          )}
        </div>
        <div className="report" aria-label={t('preview')} role="region" tabIndex={0}>
          {preview?.show === 'chart' ? (
            <LiveChart key={shown} block={preview} />
          ) : preview?.show === 'table' ? (
            <LiveTable key={shown} block={preview} />
          ) : (
            <p className="empty">{t('choosePreview')}</p>
          )}
        </div>
      </div>
      <div className="actions">
        {remove && (
          <button className="btn danger" onClick={remove}>
            {t('remove')}
          </button>
        )}
        <span className="spacer" />
        <button className="btn" onClick={close}>
          {t('cancel')}
        </button>
        <button
          className="btn primary"
          disabled={!block}
          onClick={() => {
            if (block) {
              writeStored(LAST, block.experiment)
              done(block)
            }
          }}
        >
          {initial ? t('apply') : t('insert')}
        </button>
      </div>
    </Dialog>
  )
}

/** Returns the block that was described, with defaults left out; null if it is not complete. */
function blockOf(
  runs: { show: Block['show']; experiment: string; filter: string; sort: string; n: number },
  shown: { columns: string[] } | { card: Card | null; width: number; axis: Axis; group: string },
): Block | null {
  if (!runs.experiment) return null
  const source = {
    experiment: runs.experiment,
    ...(runs.filter.trim() ? { filter: runs.filter.trim() } : {}),
    ...(runs.sort ? { sort: runs.sort } : {}),
    n: runs.n,
  }
  if ('columns' in shown) return shown.columns.length > 0 ? { show: 'table', ...source, columns: shown.columns } : null
  if (!shown.card) return null
  return {
    show: 'chart',
    ...source,
    card: { ...shown.card, w: shown.width as Card['w'] },
    ...(shown.axis === 'STEP' ? {} : { axis: shown.axis }),
    ...(shown.group ? { group: shown.group } : {}),
  }
}

function ColumnChoices({
  columns,
  chosen,
  onChange,
}: {
  columns: string[]
  chosen: string[]
  onChange: (chosen: string[]) => void
}) {
  const t = useT()
  return (
    <div className="field" role="group" aria-label={t('columns')}>
      {t('columns')}
      <div className="choices">
        {columns.map((column) => (
          <label key={column} className="row">
            <input
              type="checkbox"
              checked={chosen.includes(column)}
              onChange={(event) =>
                onChange(event.target.checked ? [...chosen, column] : chosen.filter((c) => c !== column))
              }
            />
            <span className="ellipsis">{columnLabel(column, t)}</span>
          </label>
        ))}
      </div>
    </div>
  )
}

function ChartOptions({
  lines,
  keys,
  group,
  onGroup,
  axis,
  onAxis,
  width,
  onWidth,
}: {
  /** whether the chart has lines, which can be grouped and have a choice of x axes */
  lines: boolean
  keys: Keys
  group: string
  onGroup: (group: string) => void
  axis: Axis
  onAxis: (axis: Axis) => void
  width: number
  onWidth: (width: number) => void
}) {
  const t = useT()
  return (
    <div className="row">
      {lines && (
        <label className="field" style={{ flex: 1 }}>
          {t('band')}
          <select className="input" value={group} onChange={(event) => onGroup(event.target.value)}>
            <option value="">{t('noGroup')}</option>
            {keys.params.map((key) => (
              <option key={key} value={`p:${key}`}>
                {key}
              </option>
            ))}
          </select>
        </label>
      )}
      {lines && (
        <label className="field">
          {t('xAxis')}
          <select className="input" value={axis} onChange={(event) => onAxis(event.target.value as Axis)}>
            <option value="STEP">{t('step')}</option>
            <option value="RELATIVE">{t('relative')}</option>
            <option value="TIME">{t('time')}</option>
          </select>
        </label>
      )}
      <label className="field">
        {t('width')}
        <select className="input" value={width} onChange={(event) => onWidth(Number(event.target.value))}>
          <option value={12}>{t('wide')}</option>
          <option value={6}>{t('half')}</option>
        </select>
      </label>
    </div>
  )
}
