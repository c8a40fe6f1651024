import type { ReactNode } from 'react'
import { Icon } from './Icon'

/** The button of a list that creates an entry. */
export function NewButton({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <button className="btn primary" onClick={onClick}>
      <Icon name="plus" size={13} />
      {children}
    </button>
  )
}
