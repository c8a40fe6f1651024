import type { ReactNode } from 'react'
import { Icon, type IconName } from './Icon'

/** An entry of a menu in a {@link Popover}. Closes the menu before it acts. */
export function MenuItem({
  close,
  onClick,
  icon,
  active,
  disabled,
  children,
}: {
  close: () => void
  onClick: () => void
  icon?: IconName
  active?: boolean
  disabled?: boolean
  children: ReactNode
}) {
  return (
    <button
      className={`item${active ? ' active' : ''}`}
      disabled={disabled}
      onClick={() => {
        close()
        onClick()
      }}
    >
      {icon && <Icon name={icon} size={14} />}
      {children}
    </button>
  )
}
