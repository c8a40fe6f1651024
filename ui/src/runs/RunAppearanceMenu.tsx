import { Icon } from '../shell/Icon'
import { Popover } from '../shell/Popover'
import { useT } from '../shell/settings'
import { PALETTE } from './colours'

/** The colour of a run, filled if charts show the run, with a menu that changes the colour and hides the run. */
export function RunAppearanceMenu({
  name,
  colour,
  hidden,
  onColour,
  onToggle,
}: {
  name: string
  colour: string
  hidden: boolean
  onColour: (colour: string | undefined) => void
  onToggle: () => void
}) {
  const t = useT()
  return (
    <Popover
      className="th-menu"
      title={`${t('colour')}: ${name}`}
      label={
        <span
          className="swatch"
          style={hidden ? { boxShadow: `inset 0 0 0 1.5px ${colour}` } : { background: colour }}
        />
      }
    >
      {(close) => {
        const run = (action: () => void) => () => {
          action()
          close()
        }
        return (
          <>
            <div className="row wrap" style={{ width: 199, padding: 8, gap: 7 }}>
              {PALETTE.map((hue) => (
                <button
                  key={hue}
                  className="swatch"
                  style={{ background: hue, width: 20, height: 20, cursor: 'pointer' }}
                  aria-label={hue}
                  aria-pressed={hue === colour}
                  onClick={run(() => onColour(hue))}
                />
              ))}
            </div>
            <button className="item" onClick={run(onToggle)}>
              <Icon name={hidden ? 'eye' : 'eyeOff'} size={14} />
              {hidden ? t('showRun') : t('hideRun')}
            </button>
            <button className="item" onClick={run(() => onColour(undefined))}>
              {t('reset')}
            </button>
          </>
        )
      }}
    </Popover>
  )
}
