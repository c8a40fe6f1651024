import type { ReactNode } from 'react'
import { useToast } from './toasts'

/**
 * A button that says why it cannot be used: in its tooltip, and when it is clicked. It stays in the order of the Tab key, so that the reason
 * can be read with a keyboard.
 */
export function ActionButton({
  whyNot,
  className = 'btn',
  label,
  onClick,
  children,
}: {
  /** why the action is not possible; undefined if it is */
  whyNot: string | undefined
  className?: string
  /** the accessible name, if the content is only an icon */
  label?: string
  onClick: () => void
  children: ReactNode
}) {
  const say = useToast()
  return (
    <button
      type="button"
      className={className}
      aria-label={label}
      aria-disabled={whyNot !== undefined || undefined}
      title={whyNot}
      onClick={() => (whyNot === undefined ? onClick() : say(whyNot, true))}
    >
      {children}
    </button>
  )
}
