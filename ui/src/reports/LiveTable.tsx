import { useQuery } from '@tanstack/react-query'
import { useMemo, type ReactNode } from 'react'
import { fetchRows } from '../api/runs'
import { columnLabel } from '../runs/columnLabel'
import { RunNameLink } from '../runs/RunNameLink'
import { filterOf, keyOf, kindOf, layoutOf, orderOf, valueOf, type Value } from '../runs/view'
import { duration, instant, number } from '../shell/format'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { Status } from '../shell/Status'
import { MAX_ROWS, type TableBlock } from './blocks'
import { BlockSource } from './BlockSource'

export function LiveTable({ block, edit }: { block: TableBlock; edit?: ReactNode }) {
  const t = useT()
  const layout = useMemo(() => layoutOf(block.columns), [block])
  const request = {
    experiment_ids: [block.experiment],
    filter: filterOf(block.filter ?? ''),
    order_by: orderOf(block.sort),
    max_results: Math.min(block.n ?? 10, MAX_ROWS),
    metrics: layout.metrics,
    params: layout.params,
    tags: layout.tags,
  }
  const found = useQuery({
    queryKey: ['report-rows', request],
    queryFn: () => fetchRows(request),
    refetchInterval: 10000,
    placeholderData: (before) => before,
  })
  const runs = found.data?.runs ?? []
  const right = (column: string) => kindOf(column) === 'm' || column === 'a:duration'
  return (
    <figure className="report-block chart w12" aria-busy={found.isPending}>
      <BlockSource block={block}>
        <strong>{t('runs')}</strong>
        {found.data?.total !== undefined && found.data.total > runs.length && (
          <span className="faint num">{t('chartsHidden', { n: runs.length, all: found.data.total })}</span>
        )}
        {edit}
      </BlockSource>
      {problemOf(found) ? (
        <Problem error={found.error} retry={() => void found.refetch()} />
      ) : !found.data ? (
        <p className="empty">{t('loading')}</p>
      ) : (
        <div className="scroll-x" tabIndex={0} role="region" aria-label={t('runs')}>
          <table className="plain">
            <thead>
              <tr>
                <th>{t('runName')}</th>
                {block.columns.map((column) => (
                  <th key={column} className={right(column) ? 'num' : ''}>
                    {columnLabel(column, t)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={run.run_id}>
                  <td>
                    <RunNameLink run={run} />
                  </td>
                  {block.columns.map((column) => (
                    <td key={column} className={right(column) ? 'num' : ''}>
                      <CellValue column={column} value={valueOf(run, column, layout)} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {runs.length === 0 && <p className="empty">{t('noRunsMatch')}</p>}
        </div>
      )}
    </figure>
  )
}

export function CellValue({ column, value }: { column: string; value: Value }) {
  const t = useT()
  if (value === null) return <>–</>
  if (kindOf(column) === 'm') return <>{number(value as number)}</>
  switch (column) {
    case 'a:status':
      return <Status status={value as string} />
    case 'a:start_time':
      return <>{instant(value as number)}</>
    case 'a:duration':
      return <>{duration(value as number, t)}</>
    default:
      return <>{kindOf(column) === 'a' || keyOf(column) ? String(value) : ''}</>
  }
}
