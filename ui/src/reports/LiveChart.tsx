import { useQuery } from '@tanstack/react-query'
import { useContext, useEffect, useId, useMemo, useRef, type ReactNode } from 'react'
import { keys as keysQuery } from '../api/runs'
import { CardPlot } from '../charts/CardPlot'
import { cardTitle, columnsOf } from '../charts/cards'
import { chartRuns } from '../charts/chartRuns'
import { Cursor, CursorContext } from '../charts/cursor'
import type { PlotExports } from '../charts/Plot'
import { useRunAppearance } from '../runs/colours'
import { filterOf, layoutOf, NO_KEYS, orderOf } from '../runs/view'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { MAX_LINES, type ChartBlock } from './blocks'
import { BlockSource } from './BlockSource'
import { PicturesContext } from './pictures'

const MAX_PARAMS = 60
const MAX_DOTS = 1000

export function LiveChart({ block, edit }: { block: ChartBlock; edit?: ReactNode }) {
  const t = useT()
  const id = useId()
  const looks = useRunAppearance()
  const pictures = useContext(PicturesContext)
  const exports = useRef<PlotExports>(null)
  const cursor = useMemo(() => new Cursor(), [])
  const known = useQuery({ ...keysQuery([block.experiment]), enabled: block.card.type === 'importance' })
  const params = useMemo(
    () => (known.data ?? NO_KEYS).params.slice(0, MAX_PARAMS).map((key) => `p:${key}`),
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
      most: few ? Math.min(block.n ?? 20, MAX_LINES) : Math.min(block.n ?? MAX_DOTS, MAX_DOTS),
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
  const name = cardTitle(block.card, t)
  return (
    <figure
      className={`report-block chart w${block.card.w ?? 12}`}
      data-picture={id}
      aria-label={name}
      aria-busy={found.isPending}
    >
      <BlockSource block={block}>
        <strong>{name}</strong>
        {edit}
      </BlockSource>
      {problemOf(found) ? (
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
