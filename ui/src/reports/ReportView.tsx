import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { createContext, useContext, useEffect, useId, useMemo, useRef, type ReactNode } from 'react'
import { experiment, fetchRows, keys as keysQuery } from '../api/queries'
import { CardPlot, chartRuns, title } from '../charts/CardPlot'
import type { Card } from '../charts/cards'
import { Cursor, CursorContext } from '../charts/cursor'
import type { Exports } from '../charts/Plot'
import { Markdown } from '../run/Markdown'
import { useLooks } from '../runs/colours'
import { label } from '../runs/RunsTable'
import { filterOf, keyOf, kindOf, layoutOf, NO_KEYS, orderOf, valueOf, type Value } from '../runs/view'
import { duration, instant, number } from '../shell/format'
import { useT } from '../shell/settings'
import { Problem, Status } from '../shell/ui'
import {
  FENCE,
  imageAddress,
  MOST_LINES,
  MOST_ROWS,
  readBlock,
  type Block,
  type ChartBlock,
  type TableBlock,
} from './blocks'

/** The charts of a report that is shown, by the id of their figure: what the export takes its pictures from. */
export type Pictures = Map<string, Exports>
const PicturesContext = createContext<Pictures>(new Map())

const MOST_PARAMS = 60
const MOST_DOTS = 1000

/** A report as it is read: its text, and what is shown live in it. */
export function ReportView({
  text,
  pictures,
  onEdit,
}: {
  text: string
  pictures: Pictures
  /** where the report is being written: asks for another block in place of the fence of this number */
  onEdit?: (fence: number, block: Block) => void
}) {
  const t = useT()
  const show = (language: string, code: string, fence: number): ReactNode | undefined => {
    if (language !== FENCE) return undefined
    const block = readBlock(code)
    if (!block) return <p className="error">{t('blockUnknown')}</p>
    const edit = onEdit && (
      <button className="btn small" onClick={() => onEdit(fence, block)}>
        {t('edit')}
      </button>
    )
    return block.show === 'chart' ? (
      <LiveChart key={code} block={block} edit={edit} />
    ) : (
      <LiveTable key={code} block={block} edit={edit} />
    )
  }
  return (
    <PicturesContext value={pictures}>
      <Markdown text={text} image={imageAddress} block={show} />
    </PicturesContext>
  )
}

function columnsOf(card: Card, params: string[]): string[] {
  switch (card.type) {
    case 'line':
      return card.metrics.map((key) => `m:${key}`)
    case 'bar':
      return [card.metric]
    case 'scatter':
    case 'contour':
      return [card.x, card.y, ...(card.colour ? [card.colour] : [])]
    case 'parallel':
      return [...card.axes, ...(card.colour ? [card.colour] : [])]
    case 'importance':
      return [card.metric, ...params]
  }
}

/** From where a block has its runs, told below it. */
function Origin({ block, children }: { block: Block; children: ReactNode }) {
  const about = useQuery(experiment(block.experiment))
  return (
    <figcaption>
      {children}
      <span className="faint">
        <Link
          to="/experiments/$experimentId"
          params={{ experimentId: block.experiment }}
          search={{ q: block.filter, sort: block.sort }}
        >
          {about.data?.name ?? block.experiment}
        </Link>
        {block.filter && (
          <>
            {' '}
            · <code>{block.filter}</code>
          </>
        )}
      </span>
    </figcaption>
  )
}

export function LiveChart({ block, edit }: { block: ChartBlock; edit?: ReactNode }) {
  const t = useT()
  const id = useId()
  const looks = useLooks()
  const pictures = useContext(PicturesContext)
  const exports = useRef<Exports>(null)
  const cursor = useMemo(() => new Cursor(), [])
  const known = useQuery({ ...keysQuery([block.experiment]), enabled: block.card.type === 'importance' })
  const params = useMemo(
    () => (known.data ?? NO_KEYS).params.slice(0, MOST_PARAMS).map((key) => `p:${key}`),
    [known.data],
  )
  const layout = useMemo(
    () => layoutOf([...columnsOf(block.card, params), ...(block.group ? [block.group] : [])]),
    [block, params],
  )
  const few = block.card.type === 'line' || block.card.type === 'bar'
  const found = useQuery(
    chartRuns({
      experimentId: block.experiment,
      filter: filterOf(block.filter ?? ''),
      order: orderOf(block.sort),
      layout,
      most: few ? Math.min(block.n ?? 20, MOST_LINES) : Math.min(block.n ?? MOST_DOTS, MOST_DOTS),
    }),
  )
  const runs = useMemo(() => found.data?.runs ?? [], [found.data])
  useEffect(() => {
    pictures.set(id, {
      png: (name) => exports.current?.png(name),
      svg: (name) => exports.current?.svg(name),
      markup: () => exports.current?.markup() ?? '',
    })
    return () => void pictures.delete(id)
  }, [pictures, id])
  const name = title(block.card, t)
  return (
    <figure
      className={`report-block chart w${block.card.w ?? 12}`}
      data-picture={id}
      aria-label={name}
      aria-busy={found.isPending}
    >
      <Origin block={block}>
        <strong>{name}</strong>
        {edit}
      </Origin>
      {found.error ? (
        <Problem error={found.error} retry={() => void found.refetch()} />
      ) : !found.data ? (
        <p className="empty">{t('loading')}</p>
      ) : runs.length === 0 ? (
        <p className="empty">{t('noRunsMatch')}</p>
      ) : (
        <CursorContext.Provider value={cursor}>
          <CardPlot
            card={block.card}
            runs={runs}
            drawn={runs}
            layout={layout}
            looks={looks}
            axis={block.axis ?? 'STEP'}
            group={block.group}
            params={params}
            exports={exports}
          />
        </CursorContext.Provider>
      )}
    </figure>
  )
}

export function LiveTable({ block, edit }: { block: TableBlock; edit?: ReactNode }) {
  const t = useT()
  const layout = useMemo(() => layoutOf(block.columns), [block])
  const ask = {
    experiment_ids: [block.experiment],
    filter: filterOf(block.filter ?? ''),
    order_by: orderOf(block.sort),
    max_results: Math.min(block.n ?? 10, MOST_ROWS),
    metrics: layout.metrics,
    params: layout.params,
    tags: layout.tags,
  }
  const found = useQuery({
    queryKey: ['report-rows', ask],
    queryFn: () => fetchRows(ask),
    refetchInterval: 10_000,
    placeholderData: (before) => before,
  })
  const runs = found.data?.runs ?? []
  const right = (column: string) => kindOf(column) === 'm' || column === 'a:duration'
  return (
    <figure className="report-block chart w12" aria-busy={found.isPending}>
      <Origin block={block}>
        <strong>{t('runs')}</strong>
        {found.data?.total !== undefined && found.data.total > runs.length && (
          <span className="faint num">
            {t('chartsHidden', { n: runs.length, all: found.data.total.toLocaleString() })}
          </span>
        )}
        {edit}
      </Origin>
      {found.error ? (
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
                    {label(column, t)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <tr key={run.run_id}>
                  <td>
                    <Link
                      to="/experiments/$experimentId/runs/$runId"
                      params={{ experimentId: run.experiment_id, runId: run.run_id }}
                    >
                      {run.run_name}
                    </Link>
                  </td>
                  {block.columns.map((column) => (
                    <td key={column} className={right(column) ? 'num' : ''}>
                      <Shown column={column} value={valueOf(run, column, layout)} />
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

function Shown({ column, value }: { column: string; value: Value }) {
  if (value === null) return <>–</>
  if (kindOf(column) === 'm') return <>{number(value as number)}</>
  switch (column) {
    case 'a:status':
      return <Status status={value as string} />
    case 'a:start_time':
      return <>{instant(value as number)}</>
    case 'a:duration':
      return <>{duration(value as number)}</>
    default:
      return <>{kindOf(column) === 'a' || keyOf(column) ? String(value) : ''}</>
  }
}
