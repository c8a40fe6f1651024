import type { RefObject } from 'react'
import { Icon } from '../shell/Icon'
import { MenuItem } from '../shell/MenuItem'
import { Popover } from '../shell/Popover'
import { useT } from '../shell/settings'
import type { Card, Width } from './cards'
import type { PlotExports } from './Plot'
import { SmoothingSlider } from './SmoothingSlider'

/** The menu of a chart on a board. */
export function ChartMenu({
  card,
  name,
  exports,
  onEdit,
  onMove,
  onCsv,
  onReport,
  onRemove,
}: {
  card: Card
  name: string
  exports: RefObject<PlotExports | null>
  onEdit: (next: Partial<Card>) => void
  /** moves the chart by a number of places */
  onMove: (by: number) => void
  onCsv: () => void
  onReport: () => void
  onRemove: () => void
}) {
  const t = useT()
  const widths: [Width, string][] = [
    [4, t('third')],
    [6, t('half')],
    [12, t('wide')],
  ]
  return (
    <Popover className="btn ghost icon small" title={`${t('options')}: ${name}`} label={<Icon name="more" size={14} />}>
      {(close) => (
        <>
          <AxisOptions card={card} onEdit={onEdit} />
          {widths.map(([w, text]) => (
            <MenuItem key={w} close={close} active={(card.w ?? 6) === w} onClick={() => onEdit({ w })}>
              {text}
            </MenuItem>
          ))}
          <MenuItem close={close} onClick={() => onMove(-1)}>
            {t('moveEarlier')}
          </MenuItem>
          <MenuItem close={close} onClick={() => onMove(1)}>
            {t('moveLater')}
          </MenuItem>
          <hr />
          <MenuItem close={close} onClick={() => exports.current?.png(name)}>
            PNG
          </MenuItem>
          <MenuItem close={close} onClick={() => exports.current?.svg(name)}>
            SVG
          </MenuItem>
          <MenuItem close={close} onClick={onCsv}>
            CSV
          </MenuItem>
          <MenuItem close={close} onClick={onReport}>
            {t('addToReport')}
          </MenuItem>
          <hr />
          <MenuItem close={close} onClick={onRemove}>
            {t('remove')}
          </MenuItem>
        </>
      )}
    </Popover>
  )
}

/** The axis options that a type of chart has: logarithmic axes, and the smoothing of lines. */
function AxisOptions({ card, onEdit }: { card: Card; onEdit: (next: Partial<Card>) => void }) {
  const t = useT()
  if (card.type !== 'line' && card.type !== 'scatter' && card.type !== 'contour') return null
  return (
    <>
      {card.type !== 'line' && (
        <label className="item">
          <input
            type="checkbox"
            checked={card.logX === true}
            onChange={(event) => onEdit({ logX: event.target.checked || undefined })}
          />
          {t('logX')}
        </label>
      )}
      <label className="item">
        <input
          type="checkbox"
          checked={card.logY === true}
          onChange={(event) => onEdit({ logY: event.target.checked || undefined })}
        />
        {t('logY')}
      </label>
      {card.type === 'line' && (
        <>
          <div className="title">{t('smoothing')}</div>
          <div style={{ padding: '0 9px 6px' }}>
            <SmoothingSlider
              value={card.smooth ?? 0}
              label={t('smoothing')}
              onChange={(smooth) => onEdit({ smooth: smooth || undefined })}
            />
          </div>
        </>
      )}
      <hr />
    </>
  )
}
