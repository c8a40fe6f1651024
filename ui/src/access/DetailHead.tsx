import type { ReactNode } from 'react'
import { useT } from '../shell/settings'

/** The head of the details of a user, group or role: the way back to the list, the name, and actions. */
export function DetailHead({
  list,
  name,
  back,
  chips,
  children,
}: {
  /** the name of the list */
  list: string
  name: string
  back: () => void
  chips?: ReactNode
  children?: ReactNode
}) {
  const t = useT()
  return (
    <div className="row wrap">
      <button className="btn ghost small" onClick={back} aria-label={t('backTo', { list })}>
        ← {list}
      </button>
      <h2 className="detail break">{name}</h2>
      {chips}
      <span className="spacer" />
      {children}
    </div>
  )
}
