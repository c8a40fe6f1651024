import type { ReactNode } from 'react'
import { Icon, type IconName } from './Icon'

/** An entry of a menu in a {@link Popover}. Closes the menu before it acts. */
export function MenuItem({
  close,
  onClick,
  icon,
  active,
  disabled,
  whyNot,
  children,
}: {
  close: () => void
  onClick: () => void
  icon?: IconName
  active?: boolean
  disabled?: boolean
  /** why the entry cannot be used, shown below its text; undefined if it can */
  whyNot?: string
  children: ReactNode
}) {
  return (
    <button
      className={`item${active ? ' active' : ''}`}
      disabled={disabled}
      aria-disabled={whyNot !== undefined || undefined}
      onClick={() => {
        if (whyNot !== undefined) return
        close()
        onClick()
      }}
    >
      {icon && <Icon name={icon} size={14} />}
      {whyNot === undefined ? (
        children
      ) : (
        <span>
          {children}
          <span className="why">{whyNot}</span>
        </span>
      )}
    </button>
  )
}
