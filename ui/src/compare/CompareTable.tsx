import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import type { RunRow } from '../api/types'
import type { Looks } from '../runs/colours'
import { keyOf, kindOf, valueOf, type Layout, type Value } from '../runs/view'
import { duration, instant, number, save, toCsv } from '../shell/format'
import { Icon } from '../shell/Icon'
import { useT } from '../shell/settings'

const WINDOW = 60
export function Table({
  runs,
  columns,
  layout,
  looks,
  same,
  onSame,
  onRemove,
}: {
  runs: RunRow[]
  columns: string[]
  layout: Layout
  looks: Looks
  same: boolean
  onSame: (same: boolean) => void
  onRemove: (id: string) => void
}) {
  const t = useT()
  const [from, setFrom] = useState(0)
  const rows = useMemo(
    () =>
      columns
        .map((column) => {
          const values = runs.map((run) => valueOf(run, column, layout))
          return {
            column,
            values,
            differs: values.some((value) => value !== values[0]),
            any: values.some((value) => value !== null),
          }
        })
        .filter((row) => row.any),
    [columns, runs, layout],
  )
  const different = rows.filter((row) => row.differs)
  const equal = rows.filter((row) => !row.differs)
  const shown = runs.slice(from, from + WINDOW)
  const csv = () =>
    save(
      'compare.csv',
      toCsv([
        ['', ...runs.map((run) => run.run_name)],
        ['run_id', ...runs.map((run) => run.run_id)],
        ...rows.map((row) => [keyOf(row.column), ...row.values]),
      ]),
      'text/csv',
    )
  const sections: [string, typeof rows][] = [
    [t('metrics'), different.filter((row) => kindOf(row.column) === 'm')],
    [t('params'), different.filter((row) => kindOf(row.column) === 'p')],
    [t('tags'), different.filter((row) => kindOf(row.column) === 't')],
    ...(same ? [[t('same'), equal] as [string, typeof rows]] : []),
  ]
  return (
    <>
      <div className="bar">
        <label className="row">
          <input type="checkbox" checked={same} onChange={(event) => onSame(event.target.checked)} />
          {t('showSame')} <span className="faint num">{equal.length}</span>
        </label>
        <span className="spacer" />
        {runs.length > WINDOW && (
          <div className="row num soft">
            <button
              className="btn small icon"
              aria-label="‹"
              disabled={from === 0}
              onClick={() => setFrom(Math.max(0, from - WINDOW))}
            >
              ‹
            </button>
            {from + 1}–{Math.min(runs.length, from + WINDOW)} / {runs.length}
            <button
              className="btn small icon"
              aria-label="›"
              disabled={from + WINDOW >= runs.length}
              onClick={() => setFrom(from + WINDOW)}
            >
              ›
            </button>
          </div>
        )}
        <button className="btn small" onClick={csv}>
          <Icon name="download" size={13} />
          {t('csv')}
        </button>
      </div>
      <div
        className="compare"
        style={{ flex: 1, borderTop: '1px solid var(--line)' }}
        tabIndex={0}
        role="region"
        aria-label={t('differences')}
      >
        <table>
          <thead>
            <tr>
              <th className="key">{t('run')}</th>
              {shown.map((run) => (
                <th key={run.run_id}>
                  <span className="row" style={{ gap: 6 }}>
                    <span className="swatch" style={{ background: looks.colour(run.run_id) }} />
                    <Link
                      className="runname ellipsis"
                      to="/experiments/$experimentId/runs/$runId"
                      params={{ experimentId: run.experiment_id, runId: run.run_id }}
                    >
                      {run.run_name}
                    </Link>
                    <button
                      className="th-menu"
                      aria-label={`${t('remove')}: ${run.run_name}`}
                      onClick={() => onRemove(run.run_id)}
                      style={{ position: 'static', opacity: 0.6 }}
                    >
                      <Icon name="close" size={10} />
                    </button>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th className="key" scope="row">
                {t('started')}
              </th>
              {shown.map((run) => (
                <td key={run.run_id} className="soft num">
                  {instant(run.start_time)}
                </td>
              ))}
            </tr>
            <tr>
              <th className="key" scope="row">
                {t('duration')}
              </th>
              {shown.map((run) => (
                <td key={run.run_id} className="soft num">
                  {run.end_time ? duration(run.end_time - run.start_time) : '–'}
                </td>
              ))}
            </tr>
            {sections
              .filter(([, all]) => all.length > 0)
              .map(([title, all]) => [
                <tr key={title} className="section">
                  <th className="key" scope="colgroup">
                    {title} <span className="num">{all.length}</span>
                  </th>
                  {shown.map((run) => (
                    <th key={run.run_id} aria-hidden="true" />
                  ))}
                </tr>,
                ...all.map((row) => {
                  const spread = kindOf(row.column) === 'm' ? bounds(row.values) : null
                  return (
                    <tr key={row.column}>
                      <th className="key ellipsis" scope="row" title={keyOf(row.column)}>
                        {keyOf(row.column)}
                      </th>
                      {shown.map((run, i) => {
                        const value = row.values[from + i] ?? null
                        return (
                          <td
                            key={run.run_id}
                            className={typeof value === 'number' ? 'num' : ''}
                            title={value === null ? undefined : String(value)}
                          >
                            <Shown value={value} spread={spread} />
                          </td>
                        )
                      })}
                    </tr>
                  )
                }),
              ])}
          </tbody>
        </table>
      </div>
    </>
  )
}

export function bounds(values: Value[]): [number, number] | null {
  const numbers = values.filter((v): v is number => typeof v === 'number' && Number.isFinite(v))
  return numbers.length > 1 ? [Math.min(...numbers), Math.max(...numbers)] : null
}

/** A number with a bar that tells where it stands among the others. */
export function Shown({ value, spread }: { value: Value; spread: [number, number] | null }) {
  const t = useT()
  if (value === null) return <span className="faint">–</span>
  if (typeof value !== 'number') return <>{value}</>
  const part = spread && spread[1] > spread[0] ? (value - spread[0]) / (spread[1] - spread[0]) : null
  return (
    <span className="row" style={{ gap: 8 }}>
      <span style={{ minWidth: 64 }}>{number(value)}</span>
      {part !== null && (
        <span
          aria-hidden="true"
          style={{ width: 46, height: 4, borderRadius: 2, background: 'var(--hover)', display: 'inline-block' }}
        >
          <span
            style={{
              display: 'block',
              width: `${Math.max(4, part * 100)}%`,
              height: 4,
              borderRadius: 2,
              background: part === 1 || part === 0 ? 'var(--accent)' : 'var(--line-strong)',
            }}
          />
        </span>
      )}
      {part === 1 && (
        <span className="chip accent" style={{ height: 16, fontSize: 10.5 }}>
          {t('max')}
        </span>
      )}
      {part === 0 && (
        <span className="chip" style={{ height: 16, fontSize: 10.5 }}>
          {t('min')}
        </span>
      )}
    </span>
  )
}
