import type { ReactNode } from 'react'
import { ActionButton } from './ActionButton'
import { Icon } from './Icon'

/** The button of a list that creates an entry. */
export function NewButton({
  whyNot,
  onClick,
  children,
}: {
  /** why nothing can be created; undefined if it can */
  whyNot?: string
  onClick: () => void
  children: ReactNode
}) {
  return (
    <ActionButton className="btn primary" whyNot={whyNot} onClick={onClick}>
      <Icon name="plus" size={13} />
      {children}
    </ActionButton>
  )
}
